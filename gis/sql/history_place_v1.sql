-- Where the log stands: which run of transaction numbers this is, its era, and the snapshot now. A transaction that
-- writes counts itself as unfinished. `last` is the newest version of a table whose changes alter what others show.
CREATE FUNCTION history_place(deciding text DEFAULT NULL)
RETURNS TABLE (identity text, era integer, snapshot pg_snapshot, own xid8, last bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    identity := history_identity();
    SELECT e.number + (e.identity <> history_identity())::integer INTO era
    FROM history.era e ORDER BY e.number DESC LIMIT 1;
    era := coalesce(era, 1);
    snapshot := pg_current_snapshot();
    own := pg_current_xact_id_if_assigned();
    last := 0;
    IF deciding IS NOT NULL THEN
        EXECUTE format('SELECT coalesce(max(v_seq), 0) FROM history.%I', deciding) INTO last;
    END IF;
    RETURN NEXT;
END
$$;
REVOKE ALL ON FUNCTION history_place(text) FROM PUBLIC;
