-- Damm's check digit (dissertation, 2004): finds every single wrong digit and every pair of swapped neighbours.
-- The string is the table of a totally anti-symmetric quasigroup of order ten, row after row.
CREATE FUNCTION reports_check_digit(digits text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    quasigroup constant text := '0317598642709215486342068713591750983426'
        || '612304597836742095815869720134894536201794386172052581436790';
    row_no integer := 0;
    digit text;
BEGIN
    FOREACH digit IN ARRAY string_to_array(digits, NULL) LOOP
        row_no := substr(quasigroup, row_no * 10 + digit::integer + 1, 1)::integer;
    END LOOP;
    RETURN row_no::text;
END
$$;
