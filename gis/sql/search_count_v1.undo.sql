DROP FUNCTION search_count(tsvector[], integer);
