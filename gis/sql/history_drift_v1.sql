-- Records whose row is not what their newest version says: something wrote past the triggers.
CREATE FUNCTION history_drift(tracked regclass) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    name text := (SELECT relname FROM pg_class WHERE oid = tracked);
    present text;
    kept text;
BEGIN
    SELECT string_agg(format('t.%I', a.attname), ', ' ORDER BY a.attnum),
        string_agg(format('%s.%I', CASE WHEN h.attname IS NULL THEN 'p' ELSE 'h' END, a.attname), ', ' ORDER BY a.attnum)
    INTO present, kept
    FROM pg_attribute a LEFT JOIN pg_attribute h
        ON h.attrelid = format('history.%I', name)::regclass AND h.attname = a.attname AND NOT h.attisdropped
    WHERE a.attrelid = tracked AND a.attnum > 0 AND NOT a.attisdropped;
    RETURN QUERY EXECUTE format(
        'WITH newest AS (SELECT * FROM history.%1$I h WHERE NOT EXISTS ('
        '    SELECT FROM history.%1$I l WHERE l.id = h.id AND l.v_seq > h.v_seq)) '
        'SELECT coalesce(t.id, h.id) FROM public.%1$I t FULL JOIN (SELECT * FROM newest WHERE v_op <> ''D'') h '
        'ON h.id = t.id %2$s WHERE t.id IS NULL OR h.id IS NULL OR ROW(%3$s)::text <> ROW(%4$s)::text ORDER BY 1',
        name,
        CASE WHEN to_regclass(format('personal_history.%I', name)) IS NULL THEN ''
            ELSE format('LEFT JOIN personal_history.%I p ON p.v_seq = h.v_seq', name) END,
        present, kept);
END
$$;
REVOKE ALL ON FUNCTION history_drift(regclass) FROM PUBLIC;
