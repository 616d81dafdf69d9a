-- What the public may see of a report's place, by its category: the place, its 100-metre square, or nothing.
-- Whoever writes, and whatever they write into the column. An unsound point is left to the check constraint.
CREATE OR REPLACE FUNCTION reports_public_place() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    NEW.public_place := CASE (SELECT place FROM public.reports_category WHERE id = NEW.category_id)
        WHEN 'exact' THEN NEW.geom
        WHEN 'cell' THEN CASE WHEN gis_sound(NEW.geom) THEN gis_cell(NEW.geom, 100) END
    END;
    RETURN NEW;
END
$$;
