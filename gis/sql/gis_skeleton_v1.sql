-- What stays of a folded word however it is transliterated: no article, no vowel behind the first letter, no doubled
-- letter, no h at the end or behind the letter that it softens: Quriyat is Qurayyat, Seeb is Sib, Muttrah is Matrah.
-- NULL where too little stays to tell one word from another. Arabic words lose their long vowels and hamzas.
CREATE FUNCTION gis_skeleton(word text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN length(bare) >= 2 THEN bare END
    FROM (SELECT regexp_replace(
        regexp_replace(
            translate(left(stem, 1), 'eiouqjآأإ', 'aaaakgااا') || translate(substr(stem, 2), 'qaeiouwy''اويء', 'k'),
            '([dtkg])h|h$', '\1', 'g'),
        '(.)\1+', '\1', 'g') AS bare
        FROM (SELECT regexp_replace(word, '^(al|el|ال)(?=...)', '') AS stem) AS s) AS t
$$;
