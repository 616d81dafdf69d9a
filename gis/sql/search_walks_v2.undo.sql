DROP FUNCTION search_walks(text[], boolean);
-- Are all words of a question so common in a kind of document that walking through the first records finds enough of them
-- sooner than looking up all? The index would gather every record that says "street" before it gave the first.
CREATE FUNCTION search_walks(kept text, forms text[], unfinished boolean) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN (
    SELECT coalesce(count(*) = cardinality(forms) AND 500 / exp(sum(ln(least(w.part, 1)))) < min(w.part * w.rows), false)
    FROM (
        SELECT f.n, sum(c.part) AS part, max(c.rows) AS rows
        FROM unnest(forms) WITH ORDINALITY AS f(word, n)
        JOIN search.common c ON c.name = kept AND (c.word = ANY (string_to_array(f.word, '|'))
            OR unfinished AND f.n = cardinality(forms) AND starts_with(c.word, split_part(f.word, '|', 1)))
        GROUP BY f.n) AS w);
END
$$;
REVOKE ALL ON FUNCTION search_walks(text, text[], boolean) FROM PUBLIC;
