-- Counts the vocabulary and the common words anew, from all documents. Common is what 2,000 records and more than one in
-- two hundred say; fewer are looked up quickly.
CREATE FUNCTION search_count_all() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    kept record;
    rows bigint;
BEGIN
    DELETE FROM search.vocabulary;
    DELETE FROM search.common;
    FOR kept IN SELECT d.name, d.public FROM search.document d ORDER BY d.name LOOP
        EXECUTE format('SELECT count(*) FROM search.%I', kept.name) INTO rows;
        WITH said AS MATERIALIZED (
            SELECT s.word, s.ndoc FROM ts_stat(format('SELECT words FROM search.%I', kept.name)) AS s),
        common AS (
            INSERT INTO search.common
            SELECT kept.name, s.word, s.ndoc / rows::double precision, rows FROM said s
            WHERE s.ndoc >= 2000 AND s.ndoc > rows / 200)
        INSERT INTO search.vocabulary AS v (word, skeleton, n)
        SELECT s.word, gis_skeleton(s.word), s.ndoc FROM said s
        WHERE kept.public AND length(s.word) >= 3 AND s.word !~ '[0-9]'
        ON CONFLICT (word) DO UPDATE SET n = v.n + excluded.n;
    END LOOP;
END
$$;
REVOKE ALL ON FUNCTION search_count_all() FROM PUBLIC;
