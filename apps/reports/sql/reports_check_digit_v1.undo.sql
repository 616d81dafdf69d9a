DROP FUNCTION reports_check_digit(text);
