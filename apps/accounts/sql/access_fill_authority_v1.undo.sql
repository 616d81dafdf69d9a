DROP FUNCTION access_fill_authority() CASCADE;
