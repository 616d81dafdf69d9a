-- Personal versions that are not what the permanent history vouches for: altered, added, or gone without a note.
CREATE FUNCTION history_personal_faults() RETURNS TABLE (seq bigint, source text, fault text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres' SET extra_float_digits = 1
SET bytea_output = 'hex' AS $$
DECLARE
    name text;
BEGIN
    FOR name IN SELECT relname FROM pg_class WHERE relnamespace = 'personal_history'::regnamespace AND relkind = 'r'
    LOOP
        RETURN QUERY EXECUTE format(
            'SELECT coalesce(h.v_seq, p.v_seq), %1$L::text, '
            '    CASE WHEN h.v_seq IS NULL THEN ''added'' WHEN p.v_seq IS NULL THEN ''missing'' ELSE ''changed'' END '
            'FROM (SELECT * FROM history.%1$I WHERE v_personal IS NOT NULL) h '
            'FULL JOIN personal_history.%1$I p USING (v_seq) '
            'WHERE h.v_seq IS NULL OR h.v_personal IS DISTINCT FROM history_digest(p::text) AND NOT ('
            '    p.v_seq IS NULL AND EXISTS (SELECT FROM history.erasure e WHERE e.source = %1$L AND e.id = h.id '
            '        AND h.v_seq = ANY (e.versions))) ORDER BY 1', name);
    END LOOP;
END
$$;
REVOKE ALL ON FUNCTION history_personal_faults() FROM PUBLIC;
