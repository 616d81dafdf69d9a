-- Makes the triggers of a tracked table that are missing and arms those that were switched off.
-- ALWAYS: a session that plays a replica does not get round them.
CREATE FUNCTION history_triggers(tracked regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    wanted record;
    armed "char";
BEGIN
    FOR wanted IN SELECT * FROM (VALUES
        ('history_insert', 'AFTER INSERT', 'REFERENCING NEW TABLE AS new_rows', 'history_write'),
        ('history_update', 'AFTER UPDATE', 'REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows', 'history_write'),
        ('history_delete', 'AFTER DELETE', 'REFERENCING OLD TABLE AS old_rows', 'history_write'),
        ('history_truncate', 'BEFORE TRUNCATE', '', 'history_refuse')) AS t (name, event, tables, action)
    LOOP
        SELECT tgenabled INTO armed FROM pg_trigger WHERE tgrelid = tracked AND tgname = wanted.name;
        IF armed = 'A' THEN
            CONTINUE;
        ELSIF armed IS NULL THEN
            EXECUTE format('CREATE TRIGGER %I %s ON %s %s FOR EACH STATEMENT EXECUTE FUNCTION %I()',
                wanted.name, wanted.event, tracked, wanted.tables, wanted.action);
        END IF;
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', tracked, wanted.name);
    END LOOP;
END
$$;
REVOKE ALL ON FUNCTION history_triggers(regclass) FROM PUBLIC;
