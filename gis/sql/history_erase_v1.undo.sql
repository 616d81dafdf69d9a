DROP FUNCTION history_erase(regclass, uuid, text);
