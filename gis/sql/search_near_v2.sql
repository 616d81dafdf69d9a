-- The words of a question, each with the known ones that it may be a slip or another spelling of. Where it or what means
-- the same is known, only with those that are other spellings in the names of one thing: Sib is Seeb, but Ibri is not
-- Ibra. Otherwise with the likest and those about as like: Ibraa is Ibra. Of two consonants many words are made: there the
-- vowels must sound alike as well, so that Sara is not Sur.
-- Words with a digit are as they were said: 123 is no slip of 124.
CREATE OR REPLACE FUNCTION search_near(forms text[]) RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN ARRAY(
        SELECT CASE
            WHEN said ~ '[0-9]' OR length(said) < 3 THEN w.word
            WHEN EXISTS (SELECT FROM search.vocabulary v WHERE v.word = ANY (string_to_array(w.word, '|')))
            THEN concat_ws('|', w.word, (SELECT string_agg(s.word, '|' ORDER BY s.word) FROM search.sisters(said) AS s(word)))
            ELSE concat_ws('|', w.word, (
                SELECT string_agg(near.word, '|' ORDER BY near.alike DESC) FILTER (WHERE near.alike >= near.best - 0.15)
                FROM (
                    SELECT v.word, a.alike, max(a.alike) OVER () AS best
                    FROM search.vocabulary v, LATERAL (SELECT similarity(v.word, said)
                        + CASE WHEN v.skeleton = gis_skeleton(said) THEN 0.3 ELSE 0 END AS alike) AS a
                    WHERE v.word IN (SELECT l.word FROM search.vocabulary l WHERE l.word % said
                        UNION ALL SELECT k.word FROM search.vocabulary k WHERE k.skeleton = gis_skeleton(said)
                            AND (length(k.skeleton) > 2
                                OR regexp_replace(translate(k.word, 'eyouw', 'iiuuu'), '(.)\1+', '\1', 'g')
                                    = regexp_replace(translate(said, 'eyouw', 'iiuuu'), '(.)\1+', '\1', 'g')))
                    ORDER BY a.alike DESC, v.word LIMIT 6) AS near)) END
        FROM unnest(forms) WITH ORDINALITY AS w(word, n), LATERAL split_part(w.word, '|', 1) AS said
        ORDER BY w.n);
END
$$;
