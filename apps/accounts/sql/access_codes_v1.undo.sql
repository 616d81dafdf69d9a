DROP FUNCTION access_codes();
