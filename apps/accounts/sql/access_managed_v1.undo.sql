DROP FUNCTION access_managed();
