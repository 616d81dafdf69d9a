-- The day in the world that this transaction looks at, the other of the two times: SET LOCAL baladiya.valid_at. The
-- views of the past ask it where the views of the present ask the clock.
CREATE FUNCTION history_valid_at() RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT current_setting('baladiya.valid_at')::timestamptz
$$;
REVOKE ALL ON FUNCTION history_valid_at() FROM PUBLIC;
