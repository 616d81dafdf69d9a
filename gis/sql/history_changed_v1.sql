-- The records of which the next `most` versions of a table tell that the snapshot `until` sees and `seen` does not, the
-- number of the last of these versions, and how many they are. For followers inside the platform: ids of every tenant.
-- As in history_reach, the first number of a window is looked up by transaction.
CREATE FUNCTION history_changed(
    name text, era integer, after_seq bigint, seen pg_snapshot, until pg_snapshot, most integer
) RETURNS TABLE (ids uuid[], last_seq bigint, counted bigint)
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
        'SELECT coalesce(array_agg(DISTINCT id), ''{}''), max(v_seq), count(*) FROM (SELECT v_seq, id FROM history.%I '
        'WHERE v_seq >= $1 AND v_era = $2 AND v_xid >= $3 AND v_xid < $4 '
        'AND NOT pg_visible_in_snapshot(v_xid, $5) AND pg_visible_in_snapshot(v_xid, $6) ORDER BY v_seq LIMIT $7) s',
        name)
    USING first, era, low, high, seen, until, most;
END
$$;
REVOKE ALL ON FUNCTION history_changed(text, integer, bigint, pg_snapshot, pg_snapshot, integer) FROM PUBLIC;
