DROP FUNCTION parcels_rivals_written(xid8);
