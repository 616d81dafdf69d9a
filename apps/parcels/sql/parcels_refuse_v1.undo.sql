DROP FUNCTION parcels_refuse(uuid, uuid, double precision, double precision);
