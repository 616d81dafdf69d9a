-- Keeps what a statement did to a tracked table, whatever tool sent it. It runs after the statement, so the numbers
-- are drawn under the locks of the rows: of two versions of a row the higher number is the later one.
-- An image that did not change makes no version. A record that changes its id or its authority leaves the one (D)
-- and enters the other (I): nobody sees an image that is not theirs.
CREATE FUNCTION history_write() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres' SET extra_float_digits = 1
SET bytea_output = 'hex' AS $$
DECLARE
    same text := 'o.id = n.id';
    source text;
BEGIN
    IF TG_OP = 'INSERT' THEN
        source := 'SELECT ''I''::"char" AS v_op, n.* FROM new_rows n';
    ELSIF TG_OP = 'DELETE' THEN
        source := 'SELECT ''D''::"char" AS v_op, o.* FROM old_rows o';
    ELSE
        IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = TG_RELID AND attname = 'authority_id') THEN
            same := same || ' AND o.authority_id IS NOT DISTINCT FROM n.authority_id';
        END IF;
        source := format(
            'SELECT ''D''::"char" AS v_op, o.* FROM old_rows o WHERE NOT EXISTS (SELECT FROM new_rows n WHERE %1$s) '
            'UNION ALL SELECT CASE WHEN o.id IS NULL THEN ''I''::"char" ELSE ''U''::"char" END, n.* '
            'FROM new_rows n LEFT JOIN old_rows o ON %1$s WHERE o.id IS NULL OR n *<> o', same);
    END IF;
    EXECUTE history_statement(TG_RELID, source)
    USING history_era(), clock_timestamp(), access_actor(), session_user::text,
        left(coalesce(current_setting('baladiya.reason', true), ''), 1000);
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION history_write() FROM PUBLIC;
