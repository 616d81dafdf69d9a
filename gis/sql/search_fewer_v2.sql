-- Wider questions for when all words together answer nothing: `known`, what is known of the words (NULL where all are), and
-- `parts`, all of the known but one, each a question of its own: one question of them all, joined by "or", makes the index
-- gather every record that says a common word. A question must keep one of the words that tell; what many are called
-- alone would bring anything.
DROP FUNCTION search_fewer(text[], boolean[]);
CREATE FUNCTION search_fewer(forms text[], tells boolean[], OUT known tsquery, OUT parts tsquery[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
BEGIN
    WITH k AS (
        SELECT w.word, w.n, tells[w.n] AS tells FROM unnest(forms) WITH ORDINALITY AS w(word, n)
        WHERE w.word ~ '[0-9]'
            OR EXISTS (SELECT FROM search.vocabulary v WHERE v.word = ANY (string_to_array(w.word, '|')))
    )
    SELECT (SELECT gis_asked(array_agg(k.word ORDER BY k.n), false) FROM k
            HAVING count(*) < cardinality(forms) AND bool_or(k.tells)),
        (SELECT array_agg(p.part ORDER BY p.n) FROM (
            SELECT gone.n, gis_asked(array_agg(k.word ORDER BY k.n), false) AS part
            FROM k AS gone JOIN k ON k.n <> gone.n
            GROUP BY gone.n HAVING bool_or(k.tells)) AS p)
    INTO known, parts;
END
$$;
REVOKE ALL ON FUNCTION search_fewer(text[], boolean[]) FROM PUBLIC;
