-- The words of a folded text (gis_norm_ar) as search keeps them: each as it stands, and without its article. They are
-- split where gis.words splits a question. What is longer than 200 letters is no word; its beginning is kept.
CREATE FUNCTION gis_words(folded text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT array_remove(string_to_array(said || replace(replace(said, ' ال', ' '), ' al', ' '), ' '), '')
    FROM (SELECT ' ' || CASE WHEN plain ~ '\S{201}' THEN regexp_replace(plain, '(\S{200})\S+', '\1', 'g') ELSE plain END
        AS said FROM (SELECT translate(folded, ',;./()-', '       ') AS plain OFFSET 0) AS p OFFSET 0) AS s
$$;
