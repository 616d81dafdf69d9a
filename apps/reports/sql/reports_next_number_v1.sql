-- The number of a new report: digits only, so that it reads the same in both directions of writing.
CREATE FUNCTION reports_next_number() RETURNS text
LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
    SELECT n::text || public.reports_check_digit(n::text) FROM nextval('public.reports_number') AS n
$$;
