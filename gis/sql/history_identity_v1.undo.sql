DROP FUNCTION history_identity();
