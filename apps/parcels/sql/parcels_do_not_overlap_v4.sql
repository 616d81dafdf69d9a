-- Parcels in force on the same day do not overlap by more than the survey tolerance, across authorities too, whatever
-- writes: one statement of any size, once it has been done.
--
-- Two writers at once would not see each other's rows, so each first locks the cells of the grid that its old and new
-- outlines touch; what it reads after that is committed (measured: without the locks 200 of 200 overlapping pairs were
-- committed, with a lock for each municipality 96 of 100 across a border). That holds under READ COMMITTED only: an
-- older snapshot would not see what the locks waited for. A writer of very many cells makes nobody wait: it compares
-- now, and before its commit once more with what others did meanwhile. One that has said so before
-- (parcels_check_late) compares at its end only, and notes whether it did anything but add.
CREATE OR REPLACE FUNCTION parcels_do_not_overlap() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    space CONSTANT integer := 1885434732;
    most CONSTANT integer := 512;
    -- NULL: compared now and only now; false: now and once more at the end; true: at the end.
    whole boolean := (SELECT d.whole FROM parcels_overlap_due d WHERE d.xid = pg_current_xact_id());
    changed uuid[];
    cells bigint[];
BEGIN
    IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
        RAISE EXCEPTION 'تُكتب القطع بمستوى العزل READ COMMITTED فقط — Parcels are written at isolation level READ COMMITTED only, not %',
            upper(current_setting('transaction_isolation'))
            USING ERRCODE = 'feature_not_supported', CONSTRAINT = 'parcels_need_read_committed';
    END IF;
    IF whole THEN
        IF TG_OP = 'UPDATE' AND EXISTS (SELECT FROM new_rows) THEN
            UPDATE parcels_overlap_due d SET changed = true WHERE d.xid = pg_current_xact_id() AND NOT d.changed;
        END IF;
        RETURN NULL;
    END IF;
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(id) INTO changed FROM new_rows;
    ELSE
        SELECT array_agg(n.id) INTO changed FROM new_rows n LEFT JOIN old_rows o ON o.id = n.id
        WHERE (n.geom, n.valid_from, n.valid_to, n.authority_id)
            IS DISTINCT FROM (o.geom, o.valid_from, o.valid_to, o.authority_id);
    END IF;
    IF changed IS NULL THEN
        RETURN NULL;
    END IF;
    IF whole IS NULL THEN
        IF TG_OP = 'INSERT' THEN
            SELECT array_agg(DISTINCT cell) INTO cells FROM new_rows n, gis_cells(n.geom, most) AS cell;
        ELSE
            SELECT array_agg(DISTINCT cell) INTO cells
            FROM (SELECT id, geom FROM new_rows UNION ALL SELECT id, geom FROM old_rows) r
            JOIN unnest(changed) AS c (id) ON c.id = r.id, gis_cells(r.geom, most) AS cell;
        END IF;
        IF cardinality(cells) > most THEN
            INSERT INTO parcels_overlap_due (xid, seen) VALUES (pg_current_xact_id(), pg_current_snapshot());
        ELSE
            PERFORM gis_hold_cells(space, cells, most);
        END IF;
    END IF;
    -- A statement of its own, so that it sees what was committed while this one waited.
    PERFORM parcels_refuse_rivals(changed, false);
    RETURN NULL;
END
$$;
