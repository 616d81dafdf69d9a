DROP FUNCTION search_walks(text, text[], boolean);
