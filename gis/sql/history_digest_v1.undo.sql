DROP FUNCTION history_digest(text);
