DROP FUNCTION gis_from_storage(geometry, text);
