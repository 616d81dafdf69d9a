-- From here on this transaction writes parcels without making others wait, and without a comparison of each
-- statement: all that it wrote is compared at once before the commit, and then with what was committed meanwhile
-- (parcels_compare_late). For many parcels, whose writing takes minutes; of two that clash the late one is refused.
CREATE OR REPLACE FUNCTION parcels_check_late() RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    INSERT INTO parcels_overlap_due (xid, seen, whole) VALUES (pg_current_xact_id(), pg_current_snapshot(), true)
    ON CONFLICT (xid) DO UPDATE SET whole = true
$$;
