-- A row without an authority belongs to the writer's only one: an officer in QGIS neither sees nor sets the column.
CREATE FUNCTION access_fill_authority() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    own uuid[] := (SELECT array_agg(DISTINCT a) FROM unnest(public.access_authorities(true)) AS a);
BEGIN
    IF coalesce(cardinality(own), 0) <> 1 THEN
        RAISE EXCEPTION 'Name the authority that this row belongs to: you write for % authorities.',
            coalesce(cardinality(own), 0)
            USING ERRCODE = 'not_null_violation', COLUMN = 'authority_id', TABLE = TG_TABLE_NAME;
    END IF;
    NEW.authority_id := own[1];
    RETURN NEW;
END
$$;
