DROP FUNCTION reports_next_number();
