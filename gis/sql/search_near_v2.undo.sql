-- The words of a question, each with the known ones that it may be a slip or another spelling of, where neither it nor
-- what means the same is known. Words with a digit are as they were said: 123 is no slip of 124.
CREATE OR REPLACE FUNCTION search_near(forms text[]) RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN ARRAY(
        SELECT CASE
            WHEN said ~ '[0-9]' OR length(said) < 3
                OR EXISTS (SELECT FROM search.vocabulary v WHERE v.word = ANY (string_to_array(w.word, '|')))
            THEN w.word
            ELSE concat_ws('|', w.word, (
                SELECT string_agg(near.word, '|' ORDER BY near.alike DESC) FROM (
                    SELECT v.word, similarity(v.word, said)
                        + CASE WHEN v.skeleton = gis_skeleton(said) THEN 0.3 ELSE 0 END AS alike
                    FROM search.vocabulary v
                    WHERE v.word IN (SELECT l.word FROM search.vocabulary l WHERE l.word % said
                        UNION ALL SELECT k.word FROM search.vocabulary k WHERE k.skeleton = gis_skeleton(said))
                    ORDER BY alike DESC, v.word LIMIT 6) AS near)) END
        FROM unnest(forms) WITH ORDINALITY AS w(word, n), LATERAL split_part(w.word, '|', 1) AS said
        ORDER BY w.n);
END
$$;
