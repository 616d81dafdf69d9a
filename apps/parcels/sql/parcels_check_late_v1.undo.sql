DROP FUNCTION parcels_check_late();
