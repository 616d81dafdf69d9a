DROP FUNCTION history_moment();
