DROP FUNCTION history_era();
