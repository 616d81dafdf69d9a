DROP FUNCTION history_statement(regclass, text);
