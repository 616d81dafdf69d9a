-- The key by which this session reads: that of a program, or the one that an access token was given for. The session
-- says the digest of what the program showed (SET LOCAL baladiya.key); who does not know a key or a token cannot say
-- one. A key that has ended is none, from that moment on.
CREATE FUNCTION access_key() RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT k.id FROM public.accounts_agencykey k
    WHERE k.id = coalesce(
            (SELECT o.id FROM public.accounts_agencykey o WHERE o.digest = current_setting('baladiya.key', true)),
            (SELECT t.key_id FROM public.accounts_accesstoken t
             WHERE t.digest = current_setting('baladiya.key', true) AND t.ends_at > statement_timestamp()))
        AND (k.ends_at IS NULL OR k.ends_at > statement_timestamp())
$$;
REVOKE ALL ON FUNCTION access_key() FROM PUBLIC;
