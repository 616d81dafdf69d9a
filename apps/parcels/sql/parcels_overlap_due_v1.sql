-- Transactions whose parcels must be compared once more before they may commit, with what others wrote since `seen`.
-- Only the rule itself writes here; a row lives no longer than its transaction.
CREATE TABLE parcels_overlap_due (xid xid8 PRIMARY KEY, seen pg_snapshot NOT NULL);
REVOKE ALL ON parcels_overlap_due FROM PUBLIC;
