DROP FUNCTION history_drift(regclass);
