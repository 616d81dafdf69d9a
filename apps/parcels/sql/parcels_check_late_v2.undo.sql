-- From here on this transaction writes parcels without making others wait: each statement is compared with what it
-- sees, and before the commit once more with what was committed meanwhile (parcels_compare_late). For many parcels,
-- whose writing takes minutes; of two that clash the late one is refused.
CREATE OR REPLACE FUNCTION parcels_check_late() RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    INSERT INTO parcels_overlap_due (xid, seen) VALUES (pg_current_xact_id(), pg_current_snapshot())
    ON CONFLICT (xid) DO NOTHING
$$;
