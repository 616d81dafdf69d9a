-- The versions of a window of finished transactions in the order of their numbers, each with the digest of its table's
-- name and its row: what the seal is made of, and what it is compared with.
CREATE OR REPLACE FUNCTION history_leaves(
    era integer, from_xid xid8, to_xid xid8, after_seq bigint, last_seq bigint, most integer DEFAULT NULL
) RETURNS TABLE (seq bigint, source text, digest bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres' SET extra_float_digits = 1
SET bytea_output = 'hex' AS $$
DECLARE
    every text := (
        SELECT string_agg(format('SELECT h.v_seq, %L AS source, h::text AS image FROM history.%I h '
            'WHERE v_era = $1 AND v_xid >= $2 AND v_xid < $3 AND v_seq > $4 AND v_seq <= $5',
            c.relname, c.relname), ' UNION ALL ')
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'v_seq'
        WHERE c.relnamespace = 'history'::regnamespace AND c.relkind = 'r');
BEGIN
    RETURN QUERY EXECUTE format(
        'SELECT v_seq, source, sha256(convert_to(source, ''UTF8'') || history_digest(image)) '
        'FROM (SELECT * FROM (%s) u ORDER BY v_seq LIMIT $6) s', every)
    USING era, from_xid, to_xid, after_seq, last_seq, most;
END
$$;
REVOKE ALL ON FUNCTION history_leaves(integer, xid8, xid8, bigint, bigint, integer) FROM PUBLIC;
