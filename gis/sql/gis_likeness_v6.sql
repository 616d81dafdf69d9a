-- How well a folded document (gis_norm_ar) answers a question, from 0 to 1.5. Each of `forms` is a word as it was asked
-- and, after bars, what means the same: it counts 1 as words of the document, 0.9 as the beginning of one, less when it
-- is only like one, and in another form than the asked a twentieth less. Ties are broken by the whole question, and by
-- what it asks for (`asked`) with and without its marks, where the document says them in one piece.
-- Likeness is only asked for a word of which no form is said, and of the first 200 letters: its cost grows with them. Of
-- a document that says every word of the question, the lengths tell about as well how much else it says, at a hundredth
-- of the cost; not where words of the question only name the layer: they tell a street from a way.
-- Step by step, because a query inside a function is started anew for every document, which cost four times as much.
CREATE OR REPLACE FUNCTION gis_likeness(whole text, asked text, forms text[], document text) RETURNS real
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    said text := ' ' || translate(document, ',;./()-', '       ') || ' ';
    near text := left(document, 200);
    padded text := ' ' || document || ' ';
    word text;
    form text;
    first boolean;
    counts double precision;
    lowest double precision := 1;
    total double precision := 0;
BEGIN
    FOREACH word IN ARRAY forms LOOP
        counts := 0;
        first := true;
        FOREACH form IN ARRAY string_to_array(word, '|') LOOP
            IF strpos(said, ' ' || form) > 0 THEN
                counts := greatest(counts, CASE WHEN first THEN 1 ELSE 0.95 END
                    * CASE WHEN strpos(said, ' ' || form || ' ') > 0 THEN 1 ELSE 0.9 END);
                EXIT WHEN counts >= 0.95;
            END IF;
            first := false;
        END LOOP;
        IF counts = 0 THEN
            first := true;
            FOREACH form IN ARRAY string_to_array(word, '|') LOOP
                counts := greatest(counts, CASE WHEN first THEN 0.8 ELSE 0.76 END * word_similarity(form, near));
                first := false;
            END LOOP;
        END IF;
        total := total + counts;
        lowest := least(lowest, counts);
    END LOOP;
    RETURN total / greatest(cardinality(forms), 1)
        + 0.2 * CASE WHEN lowest >= 0.95 AND asked = whole THEN least(1, length(whole) / greatest(length(near), 1)::real)
            ELSE similarity(whole, near) END
        + 0.1 * (strpos(padded, ' ' || whole || ' ') > 0)::integer
        + 0.1 * (strpos(padded, ' ' || asked || ' ') > 0)::integer
        + 0.1 * (strpos(said, ' ' || translate(asked, ',;./()-', '       ') || ' ') > 0)::integer;
END
$$;
