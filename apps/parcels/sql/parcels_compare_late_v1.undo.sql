DROP TRIGGER parcels_compare_late ON parcels_overlap_due;
DROP FUNCTION parcels_compare_late();
