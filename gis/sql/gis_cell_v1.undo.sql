DROP FUNCTION gis_cell(geometry, double precision);
