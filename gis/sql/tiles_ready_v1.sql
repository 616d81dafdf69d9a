-- Does what is kept of a kind, together with the records that changed since, say the same as the records? Not before it
-- is filled, nor after midnight until it holds the new day, nor while very many records have changed, nor while anything
-- has changed that decides about other records (an authority that closes its parcels).
CREATE FUNCTION tiles_ready(kind text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    many CONSTANT integer := 1000;
    own text;
    followed text;
    late uuid[];
    begun boolean := false;
BEGIN
    SELECT k.tracked INTO own FROM tiles.kind k WHERE k.name = kind AND k.day = gis_today();
    IF own IS NULL THEN
        RETURN false;
    END IF;
    FOR followed IN SELECT f.table_name FROM spatial_follower f WHERE f.name = 'tiles:' || kind LOOP
        late := follower_late('tiles:' || kind, followed, many + 1);
        IF cardinality(late) > many OR followed <> own AND late <> '{}' THEN
            RETURN false;
        END IF;
        begun := true;
    END LOOP;
    RETURN begun;
END
$$;
REVOKE ALL ON FUNCTION tiles_ready(text) FROM PUBLIC;
