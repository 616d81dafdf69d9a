-- Versions of rows that no trigger saw: all rows ({*}) when a table begins to be tracked, or those in which a column
-- that the table gained holds something.
CREATE FUNCTION history_adopt(tracked regclass, columns name[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres' SET extra_float_digits = 1
SET bytea_output = 'hex' AS $$
DECLARE
    reason text := 'tracking begins';
    source text := format('SELECT ''I''::"char" AS v_op, t.* FROM %s t', tracked);
    filled text;
BEGIN
    IF columns <> '{*}' THEN
        SELECT string_agg(format('t.%I IS NOT NULL', name), ' OR ') INTO filled FROM unnest(columns) AS name;
        source := format('SELECT ''U''::"char" AS v_op, t.* FROM %s t WHERE %s', tracked, filled);
        reason := 'columns added: ' || array_to_string(columns, ', ');
    END IF;
    EXECUTE history_statement(tracked, source)
    USING history_era(), clock_timestamp(), access_actor(), session_user::text, reason;
END
$$;
REVOKE ALL ON FUNCTION history_adopt(regclass, name[]) FROM PUBLIC;
