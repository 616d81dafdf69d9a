-- Does what is kept of a kind hold the records of this day? NULL for what is no kind.
CREATE FUNCTION tiles_of_today(kind text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RETURN (SELECT coalesce(k.day = gis_today(), false) FROM tiles.kind k WHERE k.name = kind);
END
$$;
REVOKE ALL ON FUNCTION tiles_of_today(text) FROM PUBLIC;
