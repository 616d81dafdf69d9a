-- Stops what would make records or versions vanish without a trace, for every login.
CREATE FUNCTION history_refuse() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_TABLE_SCHEMA IN ('history', 'personal_history') THEN
        RAISE EXCEPTION '% of %.% is refused: versions are never changed', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'history_is_kept';
    END IF;
    RAISE EXCEPTION '% of % is refused: it would leave no history', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'records_leave_by_delete', HINT = 'Use DELETE.';
END
$$;
REVOKE ALL ON FUNCTION history_refuse() FROM PUBLIC;
