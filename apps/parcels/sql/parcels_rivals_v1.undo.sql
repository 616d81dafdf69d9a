DROP FUNCTION parcels_rivals(uuid[]);
