-- BEFORE UPDATE trigger: a person who is no superuser changes the columns named as its arguments and no other.
-- A policy sees one row and cannot tell what has changed in it. Jobs and the table's owner are not held.
CREATE FUNCTION access_keep_columns() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    allowed jsonb;
BEGIN
    IF NOT row_security_active(TG_RELID) OR nullif(current_setting('baladiya.user', true), '') IS NULL
            OR access_everywhere() THEN
        RETURN NEW;
    END IF;
    SELECT jsonb_object_agg(key, value) INTO allowed FROM jsonb_each(to_jsonb(NEW)) WHERE key = ANY (TG_ARGV);
    IF jsonb_populate_record(OLD, allowed) IS DISTINCT FROM NEW THEN
        RAISE insufficient_privilege USING
            MESSAGE = format('Of table %I only these columns may be changed here: %s.', TG_TABLE_NAME,
                array_to_string(TG_ARGV, ', ')),
            HINT = 'Ask a platform administrator.';
    END IF;
    RETURN NEW;
END
$$;
