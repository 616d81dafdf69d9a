-- Puts the platform's signature under a block, once.
CREATE FUNCTION history_sign(sealed bigint, given text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE history.block SET signature = given WHERE number = sealed AND signature IS NULL
$$;
REVOKE ALL ON FUNCTION history_sign(bigint, text) FROM PUBLIC;
