DROP FUNCTION history_valid_at();
