CREATE OR REPLACE FUNCTION history_track(tracked regclass, personal name[] DEFAULT '{}') RETURNS name[]
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    name text := (SELECT relname FROM pg_class WHERE oid = tracked);
    kept name[] := ARRAY(SELECT attname FROM pg_attribute WHERE attrelid = tracked AND attnum > 0
        AND NOT attisdropped AND attname <> ALL (personal));
    added name[];
    began boolean;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = tracked AND attname = 'id') THEN
        RAISE EXCEPTION 'history_track: % has no column "id"', tracked;
    ELSIF EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass(format('history.%I', name))
                  AND attname = ANY (personal)) THEN
        RAISE EXCEPTION 'history_track: a column of % is kept for good already, so it cannot become personal', tracked
            USING HINT = 'Move it to a new column by a migration.';
    END IF;
    began := history_keeper(tracked, 'history',
        'v_era integer NOT NULL, v_xid xid8 NOT NULL, v_op "char" NOT NULL, v_at timestamptz NOT NULL, '
        'v_actor text NOT NULL, v_session text NOT NULL, v_reason text NOT NULL, v_personal bytea');
    added := history_columns(tracked, format('history.%I', name)::regclass, kept);
    IF personal <> '{}' THEN
        PERFORM history_keeper(tracked, 'personal_history', 'v_salt uuid NOT NULL');
        added := added || history_columns(tracked, format('personal_history.%I', name)::regclass, personal);
    END IF;
    IF began THEN
        EXECUTE format('CREATE INDEX ON history.%I (id, v_seq)', name);
        EXECUTE format('CREATE INDEX ON history.%I (v_xid, v_seq)', name);
    END IF;
    IF began OR added <> '{}' OR to_regclass(format('past.%I', name)) IS NULL THEN
        PERFORM history_past(tracked);
    END IF;
    PERFORM history_triggers(tracked);
    RETURN CASE WHEN began THEN '{*}' ELSE nullif(added, '{}') END;
END
$$;
REVOKE ALL ON FUNCTION history_track(regclass, name[]) FROM PUBLIC;
