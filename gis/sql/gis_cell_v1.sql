-- The fixed square that a place is published as when its exact position is not public. A fixed grid, never random
-- jitter: averaging repeated jitter recovers the point. The grid is metric (WGS 84 / UTM of the point's own zone).
CREATE FUNCTION gis_cell(geom geometry, side_m double precision) RETURNS geometry(Polygon, 4326)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT ST_Transform(
        ST_MakeEnvelope(
            floor(ST_X(p) / side_m) * side_m, floor(ST_Y(p) / side_m) * side_m,
            floor(ST_X(p) / side_m) * side_m + side_m, floor(ST_Y(p) / side_m) * side_m + side_m,
            ST_SRID(p)),
        4326)
    FROM ST_Transform(
        ST_PointOnSurface(geom),
        CASE WHEN ST_Y(ST_PointOnSurface(geom)) < 0 THEN 32700 ELSE 32600 END
            + (1 + floor((ST_X(ST_PointOnSurface(geom)) + 180) / 6))::integer) AS p
$$;
