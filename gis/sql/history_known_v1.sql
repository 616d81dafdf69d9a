-- A number that no version yet to come in a later era lies below: restored databases count on from their sequence.
CREATE FUNCTION history_known() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT last_value FROM history.seq
$$;
REVOKE ALL ON FUNCTION history_known() FROM PUBLIC;
