DROP FUNCTION gis_hold_cells(integer, bigint[], integer);
