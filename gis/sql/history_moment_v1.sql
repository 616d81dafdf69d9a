-- The recorded moment that this transaction looks at: SET LOCAL baladiya.moment. Unset is an error, not "now".
CREATE FUNCTION history_moment() RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT current_setting('baladiya.moment')::timestamptz
$$;
REVOKE ALL ON FUNCTION history_moment() FROM PUBLIC;
