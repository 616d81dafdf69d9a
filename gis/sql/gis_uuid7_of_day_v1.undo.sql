DROP FUNCTION gis_uuid7_of_day();
