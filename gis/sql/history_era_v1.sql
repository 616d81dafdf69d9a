-- The present era's number; begins a new one on the first write after a restore.
CREATE FUNCTION history_era() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    present text := history_identity();
    newest history.era;
BEGIN
    LOOP
        SELECT * INTO newest FROM history.era ORDER BY number DESC LIMIT 1;
        IF newest.identity = present THEN
            RETURN newest.number;
        END IF;
        INSERT INTO history.era (number, identity) VALUES (coalesce(newest.number, 0) + 1, present)
        ON CONFLICT DO NOTHING;
    END LOOP;
END
$$;
REVOKE ALL ON FUNCTION history_era() FROM PUBLIC;
