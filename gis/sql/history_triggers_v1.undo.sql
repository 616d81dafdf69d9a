DROP FUNCTION history_triggers(regclass);
