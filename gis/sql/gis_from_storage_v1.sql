-- From storage (EPSG:4326) to the coordinate system `code`, by its fixed definition; the result has EPSG's SRID.
CREATE FUNCTION gis_from_storage(geom geometry, code text) RETURNS geometry
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT ST_SetSRID(ST_Transform(geom, gis_pinned_srid(code)), gis_pinned_srid(code) - 950000)
$$;
