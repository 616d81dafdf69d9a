-- The file of a photo's public copy, once an officer has published it; nothing before and nothing else.
CREATE FUNCTION reports_public_photo(asked uuid) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT public_image FROM public.reports_photo WHERE id = asked AND review = 'public'
$$;
REVOKE ALL ON FUNCTION reports_public_photo(uuid) FROM PUBLIC;
