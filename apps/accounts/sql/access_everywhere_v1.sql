-- Does this session act for a superuser, who founds authorities and draws their borders? An officer's own login and a
-- job never do: a job says whose rows it writes.
CREATE FUNCTION access_everywhere() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM public.accounts_platformlogin WHERE rolname = session_user)
        AND EXISTS (
            SELECT FROM public.accounts_user
            WHERE id = nullif(current_setting('baladiya.user', true), '')::uuid AND is_active AND is_superuser)
$$;
REVOKE ALL ON FUNCTION access_everywhere() FROM PUBLIC;
