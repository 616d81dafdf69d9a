DROP FUNCTION history_past(regclass);
