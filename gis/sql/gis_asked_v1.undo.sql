DROP FUNCTION gis_asked(text[], boolean);
