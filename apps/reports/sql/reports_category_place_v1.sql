-- A category that becomes more private hides the reports it already has, of every authority at once. A definer,
-- because whoever edits the category list may not write the reports; it touches the column that is computed anyway.
CREATE FUNCTION reports_category_place() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE public.reports_report SET public_place = NULL WHERE category_id = NEW.id;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION reports_category_place() FROM PUBLIC;
CREATE TRIGGER reports_category_place AFTER UPDATE OF place ON reports_category
    FOR EACH ROW WHEN (OLD.place IS DISTINCT FROM NEW.place) EXECUTE FUNCTION reports_category_place();
