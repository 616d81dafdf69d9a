DROP FUNCTION history_known();
