DROP FUNCTION gis_core(geometry, double precision);
