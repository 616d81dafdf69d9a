-- Makes the view past.<table>: the rows as they were recorded at that moment, with the columns the table has now.
CREATE FUNCTION history_past(tracked regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    name text := (SELECT relname FROM pg_class WHERE oid = tracked);
    listed text;
    personal text := '';
BEGIN
    SELECT string_agg(format('%s.%I', CASE WHEN h.attname IS NULL THEN 'p' ELSE 'h' END, a.attname), ', '
        ORDER BY a.attnum) INTO listed
    FROM pg_attribute a LEFT JOIN pg_attribute h
        ON h.attrelid = format('history.%I', name)::regclass AND h.attname = a.attname AND NOT h.attisdropped
    WHERE a.attrelid = tracked AND a.attnum > 0 AND NOT a.attisdropped;
    IF to_regclass(format('personal_history.%I', name)) IS NOT NULL THEN
        personal := format('LEFT JOIN personal_history.%I p USING (v_seq)', name);
    END IF;
    EXECUTE format('DROP VIEW IF EXISTS past.%I CASCADE', name);
    EXECUTE format(
        'CREATE VIEW past.%1$I WITH (security_invoker) AS SELECT %2$s FROM history.%1$I h %3$s '
        'WHERE h.v_op <> ''D'' AND h.v_at <= (SELECT history_moment()) AND NOT EXISTS ('
        '    SELECT FROM history.%1$I l WHERE l.id = h.id AND l.v_seq > h.v_seq '
        '    AND l.v_at <= (SELECT history_moment()))', name, listed, personal);
END
$$;
REVOKE ALL ON FUNCTION history_past(regclass) FROM PUBLIC;
