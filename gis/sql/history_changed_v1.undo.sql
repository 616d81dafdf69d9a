DROP FUNCTION history_changed(text, integer, bigint, pg_snapshot, pg_snapshot, integer);
