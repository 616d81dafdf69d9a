-- From here on this transaction writes parcels without making others wait, and without a comparison of each
-- statement: all that it wrote is compared at once before the commit, and then with what was committed meanwhile
-- (parcels_compare_late). For many parcels, whose writing takes minutes; of two that clash the late one is refused.
-- What it wrote before it said so, if anything, nobody noted: it is taken to have changed rows.
CREATE OR REPLACE FUNCTION parcels_check_late() RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    began CONSTANT boolean := pg_current_xact_id_if_assigned() IS NOT NULL;
BEGIN
    INSERT INTO parcels_overlap_due (xid, seen, whole, changed)
    VALUES (pg_current_xact_id(), pg_current_snapshot(), true, began)
    ON CONFLICT (xid) DO UPDATE SET whole = true, changed = true;
END
$$;
