DROP FUNCTION gis_code_set(text[], text[]);
