DROP FUNCTION access_actor();
