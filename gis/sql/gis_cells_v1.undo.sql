DROP FUNCTION gis_cells(geometry, integer);
