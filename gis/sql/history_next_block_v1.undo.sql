DROP FUNCTION history_next_block(history.block, integer);
