DROP FUNCTION gis_pinned_srid(text);
