-- Who does this, as history names them. A login of the platform says so itself (SET LOCAL baladiya.actor); an
-- officer's own login is that officer, whatever settings it makes; any other login is its own name.
CREATE FUNCTION access_actor() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(
        CASE WHEN EXISTS (SELECT FROM public.accounts_platformlogin WHERE rolname = session_user)
            THEN nullif(current_setting('baladiya.actor', true), '')
            ELSE (SELECT 'user:' || user_id FROM public.accounts_desklogin WHERE rolname = session_user AND active)
        END,
        session_user)
$$;
REVOKE ALL ON FUNCTION access_actor() FROM PUBLIC;
