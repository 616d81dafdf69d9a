-- Make writers of neighbouring geometries wait for each other until the transaction ends; far ones never meet.
-- `space` keeps the rules of different tables apart. The order is that of the numbers, so that two writers of several
-- cells cannot wait for each other. More than `most` cells: the whole space is taken at once, because every lock
-- costs shared memory (20,000 of them ran out of it); those with few cells share the space first.
CREATE FUNCTION gis_hold_cells(space integer, cells bigint[], most integer) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT AS $$
DECLARE
    base bigint := space::bigint << 32;
    whole bigint := base | 4294967295;
    cell bigint;
BEGIN
    IF cardinality(cells) > most THEN
        PERFORM pg_advisory_xact_lock(whole);
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock_shared(whole);
    FOR cell IN SELECT DISTINCT c FROM unnest(cells) c ORDER BY c LOOP
        PERFORM pg_advisory_xact_lock(base | cell);
    END LOOP;
END
$$;
