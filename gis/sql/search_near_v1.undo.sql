DROP FUNCTION search_near(text[]);
