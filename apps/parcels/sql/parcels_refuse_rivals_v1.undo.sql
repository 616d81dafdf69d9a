DROP FUNCTION parcels_refuse_rivals(uuid[], boolean);
