-- Every origin names a transformation that is kept. Asked once for the statement that adds origins, whatever tool sent
-- it: a foreign key asks for each row, of which a file has a million with one transformation.
-- Nothing can take a transformation away afterwards: changing, deleting and truncating are refused (origins_are_kept).
CREATE FUNCTION origins_have_transformations() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    unknown uuid;
BEGIN
    SELECT named.transformation_id INTO unknown FROM (SELECT DISTINCT transformation_id FROM new_rows) named
    WHERE NOT EXISTS (SELECT FROM spatial_transformation t WHERE t.id = named.transformation_id)
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'Transformation % of an origin is not kept', unknown
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'origins_have_transformations',
                TABLE = 'spatial_origin';
    END IF;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION origins_have_transformations() FROM PUBLIC;
CREATE TRIGGER origins_have_transformations AFTER INSERT ON spatial_origin
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION origins_have_transformations();
