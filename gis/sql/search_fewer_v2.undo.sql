DROP FUNCTION search_fewer(text[], boolean[]);
-- Wider questions for when all words together answer nothing: what is known of the words, and then all of them but one.
-- A question must keep one of the words that tell; what many are called alone would bring anything.
CREATE FUNCTION search_fewer(forms text[], tells boolean[]) RETURNS SETOF tsquery
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH known AS (
        SELECT w.word, w.n, tells[w.n] AS tells FROM unnest(forms) WITH ORDINALITY AS w(word, n)
        WHERE w.word ~ '[0-9]'
            OR EXISTS (SELECT FROM search.vocabulary v WHERE v.word = ANY (string_to_array(w.word, '|')))
    )
    SELECT gis_asked(array_agg(k.word ORDER BY k.n), false) FROM known k
    HAVING count(*) < cardinality(forms) AND bool_or(k.tells)
    UNION ALL
    SELECT string_agg('(' || part::text || ')', ' | ')::tsquery FROM (
        SELECT gis_asked(array_agg(k.word ORDER BY k.n), false) AS part
        FROM known AS gone JOIN known AS k ON k.n <> gone.n
        GROUP BY gone.n HAVING bool_or(k.tells)) AS parts
    HAVING count(*) > 0;
END
$$;
REVOKE ALL ON FUNCTION search_fewer(text[], boolean[]) FROM PUBLIC;
