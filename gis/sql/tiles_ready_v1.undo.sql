DROP FUNCTION tiles_ready(text);
