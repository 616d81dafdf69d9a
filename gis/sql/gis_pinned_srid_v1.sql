-- Our own row in spatial_ref_sys for a coordinate system of the reference file: EPSG's number plus 950000, its datum
-- shift bound to it. EPSG's own row would let PROJ choose an operation by place and version.
-- A text definition handed to ST_Transform would do as well, but is parsed again for every geometry (a thousand
-- times slower), and PostGIS 3.3 has no ST_TransformPipeline.
-- Immutable, so that a million rows pay for the look-up once: the number never changes, only whether it is refused.
CREATE FUNCTION gis_pinned_srid(code text) RETURNS integer
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    own integer := 950000 + substring(code FROM '^EPSG:([0-9]{4,5})$')::integer;
BEGIN
    IF own IS NULL OR NOT EXISTS (SELECT FROM spatial_ref_sys WHERE srid = own AND auth_name = 'BALADIYA') THEN
        RAISE EXCEPTION 'Coordinate system % has no fixed definition in this database', code
            USING ERRCODE = 'undefined_object',
                  HINT = 'Declare it in the file of coordinate systems and run: manage.py provision, manage.py migrate';
    END IF;
    RETURN own;
END
$$;
