DROP FUNCTION follower_late(text, text, integer);
