-- An origin proves where a legal coordinate comes from: it is added and never changed, by any login.
CREATE FUNCTION origins_are_kept() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: origins are added and never changed', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'origins_are_kept';
END
$$;
REVOKE ALL ON FUNCTION origins_are_kept() FROM PUBLIC;
CREATE TRIGGER origins_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON spatial_origin
FOR EACH STATEMENT EXECUTE FUNCTION origins_are_kept();
CREATE TRIGGER origins_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON spatial_transformation
FOR EACH STATEMENT EXECUTE FUNCTION origins_are_kept();
