-- The end of a transaction that checks late. What was not compared statement by statement is compared now, while
-- others go on. Then the whole table is held for the moment that is left, and compared with what others committed
-- since. They in turn wait for this commit and then see its parcels. The history tells whose rows those are, because a
-- version carries its transaction.
CREATE OR REPLACE FUNCTION parcels_compare_late() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    space CONSTANT integer := 1885434732;
    since pg_snapshot := NEW.seen;
    changed uuid[];
    clash record;
BEGIN
    IF (SELECT whole FROM parcels_overlap_due WHERE xid = NEW.xid) THEN
        since := pg_current_snapshot();
        SELECT * INTO clash FROM parcels_rivals_written(NEW.xid) LIMIT 1;
        IF FOUND THEN
            PERFORM parcels_refuse(clash.parcel, clash.rival, clash.width_m, clash.tolerance_m);
        END IF;
    END IF;
    PERFORM gis_hold_cells(space, '{0}', 0);
    -- A statement of its own, so that it sees what was committed while this one waited.
    SELECT array_agg(DISTINCT id) INTO changed FROM history.parcels_parcel
    WHERE v_xid >= pg_snapshot_xmin(since) AND v_xid <> NEW.xid AND NOT pg_visible_in_snapshot(v_xid, since);
    PERFORM parcels_refuse_rivals(changed, true);
    DELETE FROM parcels_overlap_due WHERE xid = NEW.xid;
    RETURN NULL;
END
$$;
