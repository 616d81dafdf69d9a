DROP FUNCTION gis_delete_own();
