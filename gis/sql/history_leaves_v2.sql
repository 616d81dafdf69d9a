-- The versions of a window of finished transactions in the order of their numbers, each with the digest of its table's
-- name and its row: what the seal is made of, and what it is compared with.
-- A country that is loaded writes a window of millions. So the bounds of the first `most` are found out by numbers
-- alone, and only rows within them are turned into text. The first number is looked up by transaction: without it
-- the order by number would begin at the very first version.
CREATE OR REPLACE FUNCTION history_leaves(
    era integer, from_xid xid8, to_xid xid8, after_seq bigint, last_seq bigint, most integer DEFAULT NULL
) RETURNS TABLE (seq bigint, source text, digest bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres' SET extra_float_digits = 1
SET bytea_output = 'hex' AS $$
DECLARE
    tables name[] := (
        SELECT array_agg(c.relname ORDER BY c.relname)
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'v_seq'
        WHERE c.relnamespace = 'history'::regnamespace AND c.relkind = 'r');
    within CONSTANT text := 'v_era = $1 AND v_xid >= $2 AND v_xid < $3 AND v_seq BETWEEN $4 AND $5';
    low bigint := after_seq + 1;
    high bigint := last_seq;
BEGIN
    IF after_seq = 0 THEN
        EXECUTE format('SELECT min(lowest) FROM (%s) u', (
            SELECT string_agg(format('SELECT min(v_seq + 0) AS lowest FROM history.%I '
                'WHERE v_xid >= $1 AND v_xid < $2', t), ' UNION ALL ') FROM unnest(tables) t))
        INTO low USING from_xid, to_xid;
    END IF;
    IF most IS NOT NULL THEN
        EXECUTE format('SELECT max(v_seq) FROM (SELECT v_seq FROM (%s) u ORDER BY v_seq LIMIT $6) s', (
            SELECT string_agg(format('(SELECT v_seq FROM history.%I WHERE %s ORDER BY v_seq LIMIT $6)', t, within),
                ' UNION ALL ') FROM unnest(tables) t))
        INTO high USING era, from_xid, to_xid, low, high, most;
    END IF;
    RETURN QUERY EXECUTE format('SELECT * FROM (%s) u ORDER BY 1', (
        SELECT string_agg(format('SELECT v_seq, %L, sha256(convert_to(%L, ''UTF8'') || history_digest(h::text)) '
            'FROM history.%I h WHERE %s', t, t, t, within), ' UNION ALL ') FROM unnest(tables) t))
    USING era, from_xid, to_xid, low, high;
END
$$;
REVOKE ALL ON FUNCTION history_leaves(integer, xid8, xid8, bigint, bigint, integer) FROM PUBLIC;
