DROP FUNCTION gis_uuid7();
