-- The codes of the authorities of whose records in a layer the key of this session opens a field ('' for the record
-- itself) to a verb. Nothing without a key, and of a key without scopes, which reads elsewhere: it fails closed.
CREATE FUNCTION access_key_codes(layer text, field text, verb text) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT ARRAY(
        SELECT a.code::text FROM public.territory_authority a
        WHERE EXISTS (
            SELECT FROM public.accounts_keyscope s
            WHERE s.key_id = (SELECT public.access_key())
                AND s.layer IN ('', access_key_codes.layer) AND verb = ANY (s.verbs)
                AND (field = '' OR s.fields = '{}' OR field = ANY (s.fields))
                AND (s.authority_id IS NULL OR s.authority_id = a.id)))
$$;
REVOKE ALL ON FUNCTION access_key_codes(text, text, text) FROM PUBLIC;
