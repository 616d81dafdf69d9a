-- How well a folded document (gis_norm_ar) answers folded words, from 0 to 1.2: each word counts 1 as a word of the
-- document, 0.9 as the beginning of one, less when it is only like one; the whole breaks ties.
CREATE FUNCTION gis_likeness(words text, document text) RETURNS real
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT (avg(CASE
            WHEN strpos(' ' || d || ' ', ' ' || w || ' ') > 0 THEN 1
            WHEN strpos(' ' || d, ' ' || w) > 0 THEN 0.9
            ELSE 0.8 * word_similarity(w, d)
        END) + 0.2 * similarity(words, document))::real
    FROM translate(document, ',;.-/()', '       ') AS d, regexp_split_to_table(translate(words, ',;.-/()', '       '), ' +') AS w
    WHERE w <> ''
$$;
