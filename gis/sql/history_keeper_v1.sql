-- Makes an empty history table with its indexes, its row-level security and its guards, unless it exists.
-- Readers see the versions of the authorities they read; only the checker role is granted INSERT.
CREATE FUNCTION history_keeper(tracked regclass, place text, own_columns text) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    name text := (SELECT relname FROM pg_class WHERE oid = tracked);
    keeper text := format('%I.%I', place, name);
    readable text := 'true';
BEGIN
    IF to_regclass(keeper) IS NOT NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE %s (v_seq bigint PRIMARY KEY, %s)', keeper, own_columns);
    IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = tracked AND attname = 'authority_id') THEN
        EXECUTE format('ALTER TABLE %s ADD COLUMN authority_id uuid', keeper);
        readable := 'authority_id = ANY ((SELECT access_authorities(false))::uuid[])';
    END IF;
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', keeper);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', keeper);
    EXECUTE format('CREATE POLICY history_reads ON %s FOR SELECT USING (%s)', keeper, readable);
    EXECUTE format('CREATE POLICY history_adds ON %s FOR INSERT WITH CHECK (true)', keeper);
    EXECUTE format('CREATE TRIGGER history_kept BEFORE %s ON %s FOR EACH STATEMENT EXECUTE FUNCTION history_refuse()',
        CASE place WHEN 'history' THEN 'UPDATE OR DELETE OR TRUNCATE' ELSE 'UPDATE OR TRUNCATE' END, keeper);
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER history_kept', keeper);
    RETURN true;
END
$$;
REVOKE ALL ON FUNCTION history_keeper(regclass, text, text) FROM PUBLIC;
