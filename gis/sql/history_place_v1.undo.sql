DROP FUNCTION history_place(text);
