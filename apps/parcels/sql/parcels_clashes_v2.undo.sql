-- Which of many outlines, not yet stored and in force from a day on, would overlap parcels by more than the survey
-- tolerance, whoever they belong to: asked by imports before they write, with the measure of parcels_do_not_overlap.
-- `spared` are parcels that do not count, because the import ends or changes them. Another authority's parcel stays
-- unnamed unless it is published.
CREATE OR REPLACE FUNCTION parcels_clashes(
    rows bigint[], outlines geometry[], since date[], tolerance_m double precision, spared uuid[])
RETURNS TABLE (row_no bigint, rival uuid, label text, width_m double precision, allowed_m double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off AS $$
    SELECT n.row_no,
        CASE WHEN p.authority_id = ANY ((SELECT access_authorities(false))::uuid[]) THEN p.id END,
        CASE WHEN a.publishes_parcels OR a.id = ANY ((SELECT access_authorities(false))::uuid[]) THEN p.plot_no END,
        wide.width_m, allowed.m
    FROM unnest(rows, outlines, since) AS n (row_no, geom, since)
    JOIN parcels_parcel p ON p.geom && n.geom AND (p.valid_to IS NULL OR p.valid_to > n.since)
        AND p.id NOT IN (SELECT unnest(spared))
    JOIN territory_authority a ON a.id = p.authority_id,
    LATERAL (SELECT greatest(tolerance_m, a.survey_tolerance_m)::double precision AS m) allowed,
    -- CASE and OFFSET keep the order, and let the dear measure be taken once.
    LATERAL (
        SELECT CASE WHEN gis_may_overlap(n.geom, p.geom, allowed.m)
            THEN round(gis_overlap_width(n.geom, p.geom)::numeric, 3)::double precision END AS width_m
        OFFSET 0
    ) wide
    WHERE wide.width_m > allowed.m
$$;
