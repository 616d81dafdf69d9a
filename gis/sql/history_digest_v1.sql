-- SHA-256 of a row's text. Trailing nulls do not count, so a column that the table gains later changes no older
-- digest. Callers fix time zone, date style and float digits, on which the text depends.
CREATE FUNCTION history_digest(row_text text) RETURNS bytea
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT sha256(convert_to(rtrim(left(row_text, -1), ','), 'UTF8'))
$$;
