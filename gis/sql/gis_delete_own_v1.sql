-- What DELETE on a view of `own` does: take the record away where the session may write it. Officers' logins have no
-- DELETE on the tables, because that right lets a login lock a whole table, everybody's rows in it (LOCK TABLE).
-- The argument of the trigger is the table.
CREATE FUNCTION gis_delete_own() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    gone bigint;
BEGIN
    EXECUTE format('DELETE FROM public.%I WHERE id = $1 AND authority_id = ANY (access_authorities(true))', TG_ARGV[0])
    USING OLD.id;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN CASE WHEN gone = 1 THEN OLD END;
END
$$;
REVOKE ALL ON FUNCTION gis_delete_own() FROM PUBLIC;
