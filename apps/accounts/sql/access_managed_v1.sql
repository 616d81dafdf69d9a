-- The authorities for which this session may say who works there: those whose manager it acts for, every one for a
-- superuser, and a job's own. As access_authorities, which says whose rows may be read or written.
CREATE FUNCTION access_managed() RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    person uuid := nullif(current_setting('baladiya.user', true), '')::uuid;
BEGIN
    IF NOT EXISTS (SELECT FROM public.accounts_platformlogin WHERE rolname = session_user) THEN
        RETURN '{}';  -- an officer's own login says nothing about people
    END IF;
    IF person IS NULL THEN
        RETURN coalesce(string_to_array(nullif(current_setting('baladiya.authority', true), ''), ',')::uuid[], '{}');
    END IF;
    IF EXISTS (SELECT FROM public.accounts_user WHERE id = person AND is_active AND is_superuser) THEN
        RETURN ARRAY(SELECT id FROM public.territory_authority);
    END IF;
    RETURN ARRAY(
        SELECT m.authority_id
        FROM public.accounts_membership m JOIN public.accounts_user u ON u.id = m.user_id
        WHERE m.user_id = person AND u.is_active AND m.role = 'manager'
          AND m.valid_from <= gis_today() AND (m.valid_to IS NULL OR m.valid_to > gis_today()));
END
$$;
REVOKE ALL ON FUNCTION access_managed() FROM PUBLIC;
