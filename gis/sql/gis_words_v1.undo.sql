DROP FUNCTION gis_words(text);
