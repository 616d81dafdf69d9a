DROP FUNCTION parcels_clashes(bigint[], geometry[], date[], double precision, uuid[]);
