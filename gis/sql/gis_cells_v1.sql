-- The cells of a fixed grid that the box of a geometry touches, to be locked by writers: two geometries that share a
-- point share a cell. A cell is 1/200 of a degree, about 550 m by 500 m at 24 degrees, and the same for everybody
-- whatever their working system. Numbers fill 32 bits without the last one.
-- `most` ends a geometry that covers half a country: one more is returned, which tells the caller to lock all.
CREATE FUNCTION gis_cells(geom geometry, most integer) RETURNS SETOF bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 4 AS $$
    SELECT x::bigint * 36001 + y
    FROM generate_series(floor((ST_XMin(geom) + 180) * 200)::integer, floor((ST_XMax(geom) + 180) * 200)::integer) x,
        generate_series(floor((ST_YMin(geom) + 90) * 200)::integer, floor((ST_YMax(geom) + 90) * 200)::integer) y
    LIMIT most + 1
$$;
