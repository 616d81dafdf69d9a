DROP FUNCTION history_columns(regclass, regclass, name[]);
