DROP FUNCTION access_everywhere();
