DROP FUNCTION gis_may_overlap(geometry, geometry, double precision);
