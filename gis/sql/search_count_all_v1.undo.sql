DROP FUNCTION search_count_all();
