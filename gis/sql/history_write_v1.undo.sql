DROP FUNCTION history_write();
