-- Text folded for search, Arabic and Latin alike: compatibility forms and case folded, tashkeel, tatweel and
-- invisible marks dropped, hamza seats, ya, ta marbuta and kaf unified, Arabic and Persian digits as 0-9.
-- PostgreSQL's own `unaccent` and `arabic` dictionary do neither.
CREATE FUNCTION gis_norm_ar(value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT btrim(regexp_replace(
        translate(
            regexp_replace(
                lower(normalize(value, NFKC)),
                E'[\u0610-\u061A\u064B-\u065F\u0670\u06D6-\u06ED\u0640\u200B-\u200F\u202A-\u202E\u2066-\u2069]',
                '', 'g'),
            'أإآٱىیئؤةکگ٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹،؛٫٬',
            'ااااييءءهكك01234567890123456789,;.,'),
        '\s+', ' ', 'g'))
$$;
