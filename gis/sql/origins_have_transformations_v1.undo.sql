DROP TRIGGER origins_have_transformations ON spatial_origin;
DROP FUNCTION origins_have_transformations();
