DROP FUNCTION gis_to_storage(geometry, text);
