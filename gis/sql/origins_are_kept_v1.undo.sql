DROP TRIGGER origins_are_kept ON spatial_transformation;
DROP TRIGGER origins_are_kept ON spatial_origin;
DROP FUNCTION origins_are_kept();
