-- How wide, in metres, the widest part is that two areas share: twice its area over its outline, geodesic. A sliver
-- between neighbours is narrow however long it is; 0 for areas that touch or lie apart. Both must be valid.
-- No part is wider than a disc of the same outline. A speck of a hundredth of a millimetre, where neighbours touch and
-- rounding makes corners cross, needs that said: its geodesic area is noise of 0.00001 square metres, which made
-- metres of width of it.
-- Pieces of at most 256 corners keep each overlay small, so that a statement's time limit can end the work between
-- them: two combs of 4,000 corners crossing each other take two minutes in one piece. A cut makes a part narrower,
-- never wider.
CREATE OR REPLACE FUNCTION gis_overlap_width(one geometry, other geometry) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(max(least(2 * area / nullif(outline, 0), outline / (2 * pi()))), 0)
    FROM ST_Subdivide(one, 256) a, ST_Subdivide(other, 256) b,
        LATERAL (SELECT (ST_Dump(ST_CollectionExtract(ST_Intersection(a, b), 3))).geom AS part) shared,
        LATERAL (SELECT ST_Area(part::geography) AS area, ST_Perimeter(part::geography) AS outline) measured
    WHERE a && b
$$;
