-- The codes of the authorities whose rows this session reads in full; published views show codes, not keys.
CREATE FUNCTION access_codes() RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT ARRAY(SELECT code::text FROM public.territory_authority WHERE id = ANY (public.access_authorities(false)))
$$;
REVOKE ALL ON FUNCTION access_codes() FROM PUBLIC;
