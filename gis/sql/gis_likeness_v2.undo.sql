DROP FUNCTION gis_likeness(text, text, text[], text);
