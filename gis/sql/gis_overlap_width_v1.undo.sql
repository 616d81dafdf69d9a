DROP FUNCTION gis_overlap_width(geometry, geometry);
