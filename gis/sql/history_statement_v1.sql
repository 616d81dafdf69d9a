-- The INSERT that turns `source` (rows of the table, each with its v_op) into versions. Columns are matched by name
-- and type at the moment of writing: a migration that has just renamed one is not stopped.
-- Parameters of the statement: era, moment, actor, session, reason.
CREATE FUNCTION history_statement(tracked regclass, source text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    name text := (SELECT relname FROM pg_class WHERE oid = tracked);
    kept text;
    apart text;
BEGIN
    SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY h.attnum)
               FILTER (WHERE h.attrelid = to_regclass(format('history.%I', name))),
           string_agg(quote_ident(a.attname), ', ' ORDER BY h.attnum)
               FILTER (WHERE h.attrelid = to_regclass(format('personal_history.%I', name)))
    INTO kept, apart
    FROM pg_attribute a JOIN pg_attribute h ON h.attname = a.attname AND h.atttypid = a.atttypid
    WHERE a.attrelid = tracked AND a.attnum > 0 AND NOT a.attisdropped
      AND h.attrelid IN (to_regclass(format('history.%I', name)), to_regclass(format('personal_history.%I', name)));
    IF apart IS NULL THEN
        RETURN format(
            'INSERT INTO history.%1$I (v_seq, v_era, v_xid, v_op, v_at, v_actor, v_session, v_reason, %2$s) '
            'SELECT nextval(''history.seq''), $1, pg_current_xact_id(), v_op, $2, $3, $4, $5, %2$s FROM (%3$s) s',
            name, kept, source);
    END IF;
    RETURN format(
        'WITH versions AS MATERIALIZED ('
        '    SELECT nextval(''history.seq'') AS v_seq, gen_random_uuid() AS v_salt, s.* FROM (%4$s) s), '
        'apart AS (INSERT INTO personal_history.%1$I AS p (v_seq, v_salt, %3$s) '
        '    SELECT v_seq, v_salt, %3$s FROM versions RETURNING v_seq, history_digest(p::text) AS v_personal) '
        'INSERT INTO history.%1$I '
        '    (v_seq, v_era, v_xid, v_op, v_at, v_actor, v_session, v_reason, v_personal, %2$s) '
        'SELECT v_seq, $1, pg_current_xact_id(), v_op, $2, $3, $4, $5, v_personal, %2$s '
        'FROM versions JOIN apart USING (v_seq)',
        name, kept, apart, source);
END
$$;
REVOKE ALL ON FUNCTION history_statement(regclass, text) FROM PUBLIC;
