DROP FUNCTION gis_norm_ar(text);
