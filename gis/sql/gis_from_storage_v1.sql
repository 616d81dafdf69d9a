-- From storage (EPSG:4326) to the coordinate system `code`, by its fixed definition; the result has EPSG's SRID.
CREATE FUNCTION gis_from_storage(geom geometry, code text) RETURNS geometry
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT ST_SetSRID(ST_Transform(geom, (SELECT gis_pinned_srid(code))), substring(code FROM 6)::integer)
$$;
