DROP FUNCTION history_keeper(regclass, text, text);
