-- An outline drawn together towards its middle: what lies in `geom` and not in its core is nowhere wider than
-- `margin_m` metres. So an outline in one piece that keeps away from the core shares with `geom` no part whose mean
-- width is more, whatever the exact overlay would say, and asking how far away it is costs a tenth of that.
--
-- Why: from a point of `geom` outside the core, going outwards along the ray from the middle leaves `geom` within the
-- margin (no two of its points are further apart than half its perimeter). A disc in what is shared would have to be
-- passed in that distance, and a part without holes has a mean width, twice its area over its outline, of at most the
-- width of the largest disc in it.
--
-- NULL where that is not safe to say: outlines with holes or of several parts; larger than half a kilometre (the
-- geodesic between two corners then leaves the straight line by more than 3 mm); margins of less than a centimetre.
-- Degrees: one is nowhere longer than 111,700 m. VOLATILE keeps the planner from working it out for each neighbour anew.
CREATE FUNCTION gis_core(geom geometry, margin_m double precision) RETURNS geometry
LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN margin_m >= 0.01 AND ST_NRings(geom) = 1 AND ST_Perimeter(geom) BETWEEN margin_m / 5000 AND 0.01
        THEN ST_Scale(
            geom,
            ST_MakePoint(
                1 - 2 * margin_m / 111700 / ST_Perimeter(geom), 1 - 2 * margin_m / 111700 / ST_Perimeter(geom)),
            ST_Centroid(geom))
    END
$$;
