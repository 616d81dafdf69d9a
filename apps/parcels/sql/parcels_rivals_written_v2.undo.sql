-- The pairs that parcels_rivals tells, of all parcels that a transaction has written so far, as its history names
-- them. One question for a million parcels instead of one for each statement, so that it can be worked on by several
-- processes (measured: half the time on two cores); PostgreSQL gives them to RETURN QUERY, and to no LATERAL or LIMIT.
-- A pair of two written parcels comes once.
-- The settings make the plan that is written here, from the history on by indexes: nothing is known yet of rows that
-- are not committed.
CREATE OR REPLACE FUNCTION parcels_rivals_written(own xid8)
RETURNS TABLE (parcel uuid, rival uuid, width_m double precision, tolerance_m double precision)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1
SET search_path = pg_catalog, public, pg_temp
SET join_collapse_limit = 1 SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
SET max_parallel_workers_per_gather = 2 SET parallel_setup_cost = 0 SET parallel_tuple_cost = 0
SET min_parallel_table_scan_size = 0 SET min_parallel_index_scan_size = 0 AS $$
BEGIN
    RETURN QUERY
    SELECT n.id, p.id, round(gis_overlap_width(n.geom, p.geom)::numeric, 3)::double precision,
        greatest(a.survey_tolerance_m, b.survey_tolerance_m)::double precision
    FROM history.parcels_parcel v
    JOIN parcels_parcel n ON n.id = v.id
    JOIN territory_authority a ON a.id = n.authority_id
    JOIN parcels_parcel p ON p.geom && n.geom AND p.id <> n.id
        AND daterange(p.valid_from, p.valid_to) && daterange(n.valid_from, n.valid_to)
    JOIN territory_authority b ON b.id = p.authority_id
    LEFT JOIN history.parcels_parcel w ON w.id = CASE WHEN p.id < n.id THEN p.id END AND w.v_xid = own
    WHERE v.v_xid = own
        -- CASE keeps the order: the dear measure is taken of those that pass the cheap questions.
        AND CASE WHEN w.id IS NULL AND gis_may_overlap(n.geom, p.geom, greatest(a.survey_tolerance_m, b.survey_tolerance_m)::float8)
            THEN round(gis_overlap_width(n.geom, p.geom)::numeric, 3)
                > greatest(a.survey_tolerance_m, b.survey_tolerance_m) END;
END
$$;
