-- Does the key of this session open a field ('' for the record itself) of a layer whose records belong to no authority?
-- Only a scope for every authority does.
CREATE FUNCTION access_key_opens(layer text, field text, verb text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM public.accounts_keyscope s
        WHERE s.key_id = (SELECT public.access_key())
            AND s.layer IN ('', access_key_opens.layer) AND verb = ANY (s.verbs)
            AND (field = '' OR s.fields = '{}' OR field = ANY (s.fields)) AND s.authority_id IS NULL)
$$;
REVOKE ALL ON FUNCTION access_key_opens(text, text, text) FROM PUBLIC;
