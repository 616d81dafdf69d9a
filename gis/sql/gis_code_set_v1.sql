-- Is `given` a set of these codes: nothing but what is listed, each at most once? No code may be null, and a list of
-- lists is none. What is not said (null) is not judged.
CREATE FUNCTION gis_code_set(given text[], listed text[]) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    SELECT given <@ listed AND coalesce(array_ndims(given), 1) = 1
        AND cardinality(given) = (SELECT count(DISTINCT one) FROM unnest(given) AS one)
$$;
