DROP FUNCTION history_adopt(regclass, name[]);
