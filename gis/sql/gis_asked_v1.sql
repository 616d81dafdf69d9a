-- A question as a tsquery: of every word one of its forms (between bars), a form of several words all of them. With
-- `unfinished` the last word as it was said may also be the beginning of one. NULL for no words.
CREATE FUNCTION gis_asked(forms text[], unfinished boolean) RETURNS tsquery
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    asked text := '';
    word text;
    form text;
    piece text;
    said text;
    one text;
    n integer := 0;
    ending text;
BEGIN
    FOREACH word IN ARRAY forms LOOP
        n := n + 1;
        one := '';
        ending := CASE WHEN unfinished AND n = cardinality(forms) THEN ''':*' ELSE '''' END;
        FOREACH form IN ARRAY string_to_array(word, '|') LOOP
            said := '';
            FOREACH piece IN ARRAY string_to_array(translate(form, ',;./()-', '       '), ' ') LOOP
                IF piece <> '' THEN
                    said := said || CASE said WHEN '' THEN '''' ELSE ' & ''' END
                        || replace(replace(left(piece, 200), '\', '\\'), '''', '''''') || ending;
                END IF;
            END LOOP;
            IF said <> '' THEN
                one := one || CASE one WHEN '' THEN '(' ELSE ' | (' END || said || ')';
            END IF;
            ending := '''';
        END LOOP;
        IF one <> '' THEN
            asked := asked || CASE asked WHEN '' THEN '(' ELSE ' & (' END || one || ')';
        END IF;
    END LOOP;
    RETURN nullif(asked, '')::tsquery;
END
$$;
