-- The end of a transaction that checks late: hold the whole table for the moment that is left, and compare what
-- others committed since the first comparison began. They in turn wait for this commit and then see its parcels. The
-- history tells whose rows those are, because a version carries its transaction.
CREATE OR REPLACE FUNCTION parcels_compare_late() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    space CONSTANT integer := 1885434732;
    changed uuid[];
BEGIN
    PERFORM gis_hold_cells(space, '{0}', 0);
    -- A statement of its own, so that it sees what was committed while this one waited.
    SELECT array_agg(DISTINCT id) INTO changed FROM history.parcels_parcel
    WHERE v_xid >= pg_snapshot_xmin(NEW.seen) AND v_xid <> NEW.xid AND NOT pg_visible_in_snapshot(v_xid, NEW.seen);
    PERFORM parcels_refuse_rivals(changed, true);
    DELETE FROM parcels_overlap_due WHERE xid = NEW.xid;
    RETURN NULL;
END
$$;

