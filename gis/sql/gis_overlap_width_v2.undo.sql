-- How wide, in metres, the widest part is that two areas share: twice its area over its outline, geodesic. A sliver
-- between neighbours is narrow however long it is; 0 for areas that touch or lie apart. Both must be valid.
-- Pieces of at most 256 corners keep each overlay small, so that a statement's time limit can end the work between
-- them: two combs of 4,000 corners crossing each other take two minutes in one piece. A cut makes a part narrower,
-- never wider.
CREATE OR REPLACE FUNCTION gis_overlap_width(one geometry, other geometry) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(max(2 * ST_Area(part::geography) / nullif(ST_Perimeter(part::geography), 0)), 0)
    FROM ST_Subdivide(one, 256) a, ST_Subdivide(other, 256) b,
        LATERAL (SELECT (ST_Dump(ST_CollectionExtract(ST_Intersection(a, b), 3))).geom AS part) shared
    WHERE a && b
$$;
