DROP TRIGGER parcels_do_not_overlap_update ON parcels_parcel;
DROP TRIGGER parcels_do_not_overlap_insert ON parcels_parcel;
DROP FUNCTION parcels_do_not_overlap();
