DROP FUNCTION reports_public_photo(uuid);
