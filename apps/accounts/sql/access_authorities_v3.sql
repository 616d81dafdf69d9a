-- The one policy function of web, API and QGIS: the authorities whose rows this session may read, or write.
-- A login of the platform says on whose behalf it works (SET LOCAL baladiya.user, or baladiya.authority for a job);
-- every other login is an officer's own and speaks for itself: settings it makes are not believed. It opens the one
-- authority that gave it, by a role that works in QGIS, whatever else its holder is elsewhere.
-- The day is the platform's, not the session's: around midnight the two differ.
-- SET ROLE does not change session_user. Unset means nobody: it fails closed.
CREATE OR REPLACE FUNCTION access_authorities(writing boolean) RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    person uuid;
BEGIN
    IF NOT EXISTS (SELECT FROM public.accounts_platformlogin WHERE rolname = session_user) THEN
        RETURN ARRAY(
            SELECT DISTINCT l.authority_id
            FROM public.accounts_desklogin l JOIN public.accounts_user u ON u.id = l.user_id
            JOIN public.accounts_membership m ON m.user_id = l.user_id AND m.authority_id = l.authority_id
            WHERE l.rolname = session_user AND l.active AND u.is_active
              AND m.valid_from <= gis_today() AND (m.valid_to IS NULL OR m.valid_to > gis_today())
              AND (m.role IN ('gis_officer', 'manager') OR m.role = 'planner' AND NOT writing));
    END IF;
    person := nullif(current_setting('baladiya.user', true), '')::uuid;
    IF person IS NULL THEN
        RETURN coalesce(string_to_array(nullif(current_setting('baladiya.authority', true), ''), ',')::uuid[], '{}');
    END IF;
    IF EXISTS (SELECT FROM public.accounts_user WHERE id = person AND is_active AND is_superuser) THEN
        RETURN ARRAY(SELECT id FROM public.territory_authority);
    END IF;
    RETURN ARRAY(
        SELECT m.authority_id
        FROM public.accounts_membership m JOIN public.accounts_user u ON u.id = m.user_id
        WHERE m.user_id = person AND u.is_active
          AND m.valid_from <= gis_today() AND (m.valid_to IS NULL OR m.valid_to > gis_today())
          AND NOT (writing AND m.role = 'planner'));
END
$$;
