-- Which report has this number, or was sent under this id by a phone, and which authority it belongs to: a citizen
-- acts for nobody, so the web must learn for whom to act before it may read the row. It tells the two keys, no more.
CREATE FUNCTION reports_whose(asked_number text, asked_client uuid)
RETURNS TABLE (report uuid, authority uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT id, authority_id FROM public.reports_report WHERE number = asked_number OR client_id = asked_client
$$;
REVOKE ALL ON FUNCTION reports_whose(text, uuid) FROM PUBLIC;
