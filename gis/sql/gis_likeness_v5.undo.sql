-- How well a folded document (gis_norm_ar) answers a question, from 0 to 1.5. Each of `forms` is a word as it was asked
-- and, after bars, what means the same: it counts 1 as words of the document, 0.9 as the beginning of one, less when it
-- is only like one, and in another form than the asked a twentieth less. Ties are broken by the whole question, and by
-- what it asks for (`asked`) with and without its marks, where the document says them in one piece.
-- Likeness costs a hundred times what looking for the word does. It is only asked for a word of which no form is said (it
-- could not count more than the least of those), and of the first 200 letters: names are short, its cost grows with them.
CREATE OR REPLACE FUNCTION gis_likeness(whole text, asked text, forms text[], document text) RETURNS real
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT ((
        SELECT avg(coalesce(
            (SELECT max(
                CASE f.n WHEN 1 THEN 1 ELSE 0.95 END
                * CASE WHEN strpos(d.said, ' ' || f.form || ' ') > 0 THEN 1 ELSE 0.9 END)
            FROM string_to_table(w.word, '|') WITH ORDINALITY AS f(form, n)
            WHERE strpos(d.said, ' ' || f.form) > 0),
            (SELECT max(CASE f.n WHEN 1 THEN 0.8 ELSE 0.76 END * word_similarity(f.form, d.near))
            FROM string_to_table(w.word, '|') WITH ORDINALITY AS f(form, n))))
        FROM unnest(forms) AS w(word))
        + 0.2 * similarity(whole, d.near)
        + 0.1 * (strpos(' ' || document || ' ', ' ' || whole || ' ') > 0)::integer
        + 0.1 * (strpos(' ' || document || ' ', ' ' || asked || ' ') > 0)::integer
        + 0.1 * (strpos(d.said, ' ' || regexp_replace(asked, '[\s,;./()-]+', ' ', 'g') || ' ') > 0)::integer)::real
    FROM (SELECT ' ' || regexp_replace(document, '[\s,;./()-]+', ' ', 'g') || ' ' AS said, left(document, 200) AS near
        OFFSET 0) AS d  -- made once, not once for each word
$$;
