-- From the coordinate system `code` to storage (EPSG:4326), by its fixed definition, whatever SRID the geometry has.
-- The subquery is run once for a constant code, so a million rows pay for the look-up once.
CREATE FUNCTION gis_to_storage(geom geometry, code text) RETURNS geometry
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT ST_Transform(ST_SetSRID(geom, (SELECT gis_pinned_srid(code))), 4326)
$$;
