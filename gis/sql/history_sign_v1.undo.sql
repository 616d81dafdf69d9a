DROP FUNCTION history_sign(bigint, text);
