DROP FUNCTION history_seal(integer);
