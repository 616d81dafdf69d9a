-- The pairs of parcels, one of them among `changed`, that are in force on a common day and overlap by more than the
-- survey tolerance of either authority allows. Sees across authorities, so only the rule itself may call it.
-- Widths are compared to the millimetre. A pair of two changed parcels comes once.
-- OFFSET 0 keeps the order of the work, whatever the planner knew when the session began: the neighbours of each
-- changed parcel by the spatial index, then the cheap question, then the measure.
CREATE FUNCTION parcels_rivals(changed uuid[])
RETURNS TABLE (parcel uuid, rival uuid, width_m double precision, tolerance_m double precision)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 1
SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
    SELECT n.id, p.id, shared.width_m, allowed.tolerance_m
    FROM unnest(changed) AS c (id)
    JOIN parcels_parcel n ON n.id = c.id
    JOIN territory_authority a ON a.id = n.authority_id,
    LATERAL (
        SELECT q.id, q.authority_id, q.geom FROM parcels_parcel q
        WHERE q.geom && n.geom AND q.id <> n.id
            AND daterange(q.valid_from, q.valid_to) && daterange(n.valid_from, n.valid_to)
            AND (q.id > n.id OR q.id NOT IN (SELECT unnest(changed)))
        OFFSET 0
    ) p,
    LATERAL (
        SELECT CASE WHEN p.authority_id = a.id THEN a.survey_tolerance_m ELSE greatest(a.survey_tolerance_m,
            (SELECT b.survey_tolerance_m FROM territory_authority b WHERE b.id = p.authority_id))
            END::double precision AS tolerance_m
    ) allowed,
    LATERAL (
        SELECT CASE WHEN gis_may_overlap(n.geom, p.geom, allowed.tolerance_m)
            THEN round(gis_overlap_width(n.geom, p.geom)::numeric, 3)::double precision END AS width_m
        OFFSET 0
    ) shared
    WHERE shared.width_m > allowed.tolerance_m
$$;
REVOKE ALL ON FUNCTION parcels_rivals(uuid[]) FROM PUBLIC;
