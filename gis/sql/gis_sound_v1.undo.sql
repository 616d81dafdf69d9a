DROP FUNCTION gis_sound(geometry, integer);
