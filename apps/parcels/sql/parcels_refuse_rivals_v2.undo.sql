-- Raises the first overlap of the changed parcels that is wider than allowed. `theirs`: others changed them, so the
-- parcel to be corrected is the one beside. A parcel of another authority is named only if it is published or the
-- caller may read it.
CREATE OR REPLACE FUNCTION parcels_refuse_rivals(changed uuid[], theirs boolean) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    clash record;
BEGIN
    SELECT n.id AS parcel, n.plot_no, p.id AS rival, p.plot_no AS rival_plot, r.width_m, r.tolerance_m, known
    INTO clash
    FROM parcels_rivals(changed) r
    JOIN parcels_parcel n ON n.id = CASE WHEN theirs THEN r.rival ELSE r.parcel END
    JOIN parcels_parcel p ON p.id = CASE WHEN theirs THEN r.parcel ELSE r.rival END
    JOIN territory_authority a ON a.id = p.authority_id,
    LATERAL (SELECT a.publishes_parcels OR a.id = ANY (access_authorities(false)) AS known) k
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'القطعة % تتداخل مع % بعرض % م والمسموح % م — Parcel % overlaps % by a strip % m wide; % m are allowed',
            clash.plot_no, CASE WHEN clash.known THEN 'القطعة ' || clash.rival_plot ELSE 'قطعة لجهة أخرى' END,
            clash.width_m, clash.tolerance_m,
            clash.plot_no, CASE WHEN clash.known THEN 'parcel ' || clash.rival_plot ELSE 'a parcel of another authority' END,
            clash.width_m, clash.tolerance_m
            USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'parcels_do_not_overlap', TABLE = 'parcels_parcel',
                DETAIL = jsonb_build_object(
                    'parcel', clash.parcel, 'plot', clash.plot_no,
                    'rival', CASE WHEN clash.known THEN clash.rival END,
                    'rival_plot', CASE WHEN clash.known THEN clash.rival_plot END,
                    'width_m', clash.width_m, 'tolerance_m', clash.tolerance_m);
    END IF;
END
$$;
