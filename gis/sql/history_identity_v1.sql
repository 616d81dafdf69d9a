-- Which run of transaction numbers this is: another cluster, another database, a restored table or another timeline
-- after recovery each begin a new one, in which an old number says nothing.
CREATE FUNCTION history_identity() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT concat_ws('/',
        (SELECT system_identifier FROM pg_control_system()),
        (SELECT oid FROM pg_database WHERE datname = current_database()),
        to_regclass('history.era')::oid,
        left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))
$$;
REVOKE ALL ON FUNCTION history_identity() FROM PUBLIC;
