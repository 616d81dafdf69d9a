-- Gives a history table the columns that the tracked table has and it lacks; returns their names. None is ever
-- dropped. Lengths and precisions are left out, so widening a column changes nothing here; a column that changes its
-- type is kept under a name that says the old one.
CREATE FUNCTION history_columns(tracked regclass, keeper regclass, wanted name[]) RETURNS name[]
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    here record;
    added name[] := '{}';
BEGIN
    FOR here IN
        SELECT a.attname, a.atttypid, h.atttypid AS kept_as FROM pg_attribute a
        LEFT JOIN pg_attribute h ON h.attrelid = keeper AND h.attname = a.attname AND NOT h.attisdropped
        WHERE a.attrelid = tracked AND a.attnum > 0 AND NOT a.attisdropped AND a.attname = ANY (wanted)
          AND h.atttypid IS DISTINCT FROM a.atttypid
        ORDER BY a.attnum
    LOOP
        IF here.kept_as IS NOT NULL THEN
            EXECUTE format('ALTER TABLE %s RENAME COLUMN %I TO %I', keeper, here.attname,
                left(here.attname || ' was ' || format_type(here.kept_as, -1), 63));
        END IF;
        EXECUTE format('ALTER TABLE %s ADD COLUMN %I %s', keeper, here.attname, format_type(here.atttypid, -1));
        added := added || here.attname;
    END LOOP;
    RETURN added;
END
$$;
REVOKE ALL ON FUNCTION history_columns(regclass, regclass, name[]) FROM PUBLIC;
