-- The pairs that parcels_rivals tells, of all parcels that a transaction has written so far, as its history names
-- them. One question for a million parcels instead of one for each statement, so that it can be worked on by several
-- processes (measured: half the time on two cores); PostgreSQL gives them to RETURN QUERY, and to no LATERAL or LIMIT.
-- A pair of two written parcels comes once.
-- Nearly all neighbours touch and no more. That is seen from the core of the one (gis_core) at half the tolerance,
-- worked out once for each parcel; only what keeps not away from it is measured.
-- The settings make the plan that is written here, from the history on by indexes: nothing is known yet of rows that
-- are not committed, and a table may be called empty that holds a city. Bitmaps alone are left because they are made
-- from a condition: a plain scan may go through a whole index once for each parcel (measured: minutes for 5,000).
CREATE OR REPLACE FUNCTION parcels_rivals_written(own xid8)
RETURNS TABLE (parcel uuid, rival uuid, width_m double precision, tolerance_m double precision)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1
SET search_path = pg_catalog, public, pg_temp
SET join_collapse_limit = 1 SET enable_seqscan = off SET enable_indexscan = off SET enable_hashjoin = off SET enable_mergejoin = off
SET max_parallel_workers_per_gather = 2 SET parallel_setup_cost = 0 SET parallel_tuple_cost = 0
SET min_parallel_table_scan_size = 0 SET min_parallel_index_scan_size = 0 AS $$
BEGIN
    RETURN QUERY
    SELECT n.id, p.id, round(gis_overlap_width(n.geom, p.geom)::numeric, 3)::double precision,
        greatest(n.survey_tolerance_m, b.survey_tolerance_m)::double precision
    FROM (
        SELECT m.id, m.geom, m.valid_from, m.valid_to, a.survey_tolerance_m,
            gis_core(m.geom, a.survey_tolerance_m::float8 / 2) AS core
        FROM history.parcels_parcel v
        JOIN parcels_parcel m ON m.id = v.id
        JOIN territory_authority a ON a.id = m.authority_id
        WHERE v.v_xid = own
    ) n
    -- CASE keeps the order: the dear questions are asked of those that pass the cheap ones.
    JOIN parcels_parcel p ON p.geom && n.geom AND p.id <> n.id
        AND CASE WHEN ST_Distance(n.core, p.geom) > 0 AND ST_NRings(p.geom) = 1 THEN false
            ELSE daterange(p.valid_from, p.valid_to) && daterange(n.valid_from, n.valid_to) END
    JOIN territory_authority b ON b.id = p.authority_id
    -- IS TRUE keeps the index of transactions out: it would name all parcels for each.
    LEFT JOIN history.parcels_parcel w ON w.id = CASE WHEN p.id < n.id THEN p.id END AND (w.v_xid = own) IS TRUE
    WHERE CASE WHEN w.id IS NULL AND gis_may_overlap(
            n.geom, p.geom, greatest(n.survey_tolerance_m, b.survey_tolerance_m)::float8)
        THEN round(gis_overlap_width(n.geom, p.geom)::numeric, 3)
            > greatest(n.survey_tolerance_m, b.survey_tolerance_m) END;
END
$$;
