DROP FUNCTION search_fewer(text[], boolean[]);
