-- How far the next `most` versions of a table reach that the snapshot `until` sees and `seen` does not: the numbers
-- of the first and the last, and how many they are. A page asks its view for that stretch only. The first number of a
-- window is looked up by transaction: without it the order by number would begin at the very first version.
CREATE OR REPLACE FUNCTION history_reach(
    name text, era integer, after_seq bigint, seen pg_snapshot, until pg_snapshot, most integer
) RETURNS TABLE (first_seq bigint, last_seq bigint, counted bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    low xid8 := pg_snapshot_xmin(seen);
    high xid8 := pg_snapshot_xmax(until);
    first bigint := after_seq + 1;
BEGIN
    IF after_seq = 0 THEN
        EXECUTE format('SELECT min(v_seq + 0) FROM history.%I WHERE v_xid >= $1 AND v_xid < $2', name)
        INTO first USING low, high;
    END IF;
    RETURN QUERY EXECUTE format(
        'SELECT min(v_seq), max(v_seq), count(*) FROM (SELECT v_seq FROM history.%I '
        'WHERE v_seq >= $1 AND v_era = $2 AND v_xid >= $3 AND v_xid < $4 '
        'AND NOT pg_visible_in_snapshot(v_xid, $5) AND pg_visible_in_snapshot(v_xid, $6) ORDER BY v_seq LIMIT $7) s',
        name)
    USING first, era, low, high, seen, until, most;
END
$$;
REVOKE ALL ON FUNCTION history_reach(text, integer, bigint, pg_snapshot, pg_snapshot, integer) FROM PUBLIC;
