-- Counts words into the vocabulary, or with `sign` -1 out of it. Numbers and what is shorter than three letters are not
-- words that could be mistyped.
CREATE FUNCTION search_count(words tsvector[], sign integer) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    INSERT INTO search.vocabulary AS v (word, skeleton, n)
    SELECT u.lexeme, gis_skeleton(u.lexeme), sign * count(*)
    FROM unnest(words) AS one(said), unnest(one.said) AS u
    WHERE length(u.lexeme) >= 3 AND u.lexeme !~ '[0-9]'
    GROUP BY u.lexeme ORDER BY u.lexeme
    ON CONFLICT (word) DO UPDATE SET n = v.n + excluded.n;
    DELETE FROM search.vocabulary WHERE sign < 0 AND n <= 0;
$$;
REVOKE ALL ON FUNCTION search_count(tsvector[], integer) FROM PUBLIC;
