DROP FUNCTION history_refuse();
