DROP FUNCTION history_leaves(integer, xid8, xid8, bigint, bigint, integer);
