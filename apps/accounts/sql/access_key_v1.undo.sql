DROP FUNCTION access_key();
