-- The records of a table that have changed since a follower (gis.following) was there, up to `most` (NULL: all); NULL
-- where it has not begun. Records of a window that it is just going through come again: that does no harm.
CREATE FUNCTION follower_late(follower text, tracked text, most integer) RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    place record;
    late uuid[];
BEGIN
    SELECT f.era, f.seen::pg_snapshot AS seen, f.known INTO place
    FROM spatial_follower f WHERE f.name = follower AND f.table_name = tracked;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    EXECUTE format(
        'SELECT coalesce(array_agg(DISTINCT id), ''{}'') FROM ('
        '(SELECT id FROM history.%1$I WHERE v_xid >= pg_snapshot_xmin($1) AND v_era = $2 '
        'AND NOT pg_visible_in_snapshot(v_xid, $1) LIMIT $4) UNION ALL '
        '(SELECT id FROM history.%1$I WHERE v_seq > $3 AND v_era > $2 LIMIT $4)) AS l', tracked)
    INTO late USING place.seen, place.era, place.known, most;
    RETURN late;
END
$$;
REVOKE ALL ON FUNCTION follower_late(text, text, integer) FROM PUBLIC;
