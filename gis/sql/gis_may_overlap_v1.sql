-- A quick "no" for neighbours, before gis_overlap_width: a shared part is no wider than the shorter side of what the
-- boxes share (a degree is nowhere longer than 111,700 m), and outlines of few corners are cheap to relate.
CREATE FUNCTION gis_may_overlap(one geometry, other geometry, tolerance_m double precision) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN least(
            least(ST_XMax(one), ST_XMax(other)) - greatest(ST_XMin(one), ST_XMin(other)),
            least(ST_YMax(one), ST_YMax(other)) - greatest(ST_YMin(one), ST_YMin(other))
        ) * 111700 <= tolerance_m THEN false
        WHEN ST_NPoints(one)::bigint * ST_NPoints(other) <= 65536 THEN ST_Relate(one, other, '2********')
        ELSE true
    END
$$;
