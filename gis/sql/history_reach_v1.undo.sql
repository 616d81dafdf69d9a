DROP FUNCTION history_reach(text, integer, bigint, pg_snapshot, pg_snapshot, integer);
