DROP FUNCTION gis_skeleton(text);
