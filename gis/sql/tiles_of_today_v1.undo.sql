DROP FUNCTION tiles_of_today(text);
