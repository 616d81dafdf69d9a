DROP FUNCTION access_authorities(boolean);
