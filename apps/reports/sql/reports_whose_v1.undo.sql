DROP FUNCTION reports_whose(text, uuid);
