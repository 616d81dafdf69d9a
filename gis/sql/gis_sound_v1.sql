-- The gate of every stored geometry. CASE keeps the order: the cap and the bounds are cheap and come first, because
-- GEOS cannot be interrupted; ST_IsValid is n log n (50,000 vertices in a tenth of a second).
-- Coordinates are longitude/latitude degrees; NaN and infinity fail every comparison.
CREATE FUNCTION gis_sound(geom geometry, max_points integer DEFAULT 10000) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN geom IS NULL THEN NULL
        WHEN ST_NPoints(geom) > max_points THEN false
        WHEN ST_IsEmpty(geom) THEN false
        WHEN ST_NDims(geom) <> 2 THEN false
        WHEN NOT COALESCE(ST_XMin(geom) >= -180 AND ST_XMax(geom) <= 180
                      AND ST_YMin(geom) >= -90 AND ST_YMax(geom) <= 90, false) THEN false
        ELSE ST_IsValid(geom)
    END
$$;
