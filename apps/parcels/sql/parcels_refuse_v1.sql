-- Raises an overlap that is wider than allowed: `parcel` is the one to be corrected. A parcel of another authority is
-- named only if it is published or the caller may read it.
CREATE FUNCTION parcels_refuse(parcel uuid, rival uuid, width_m double precision, tolerance_m double precision)
RETURNS void LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    plot text := (SELECT n.plot_no FROM parcels_parcel n WHERE n.id = parcel);
    rival_plot text;
    known boolean;
BEGIN
    SELECT p.plot_no, a.publishes_parcels OR a.id = ANY (access_authorities(false)) INTO rival_plot, known
    FROM parcels_parcel p JOIN territory_authority a ON a.id = p.authority_id WHERE p.id = rival;
    RAISE EXCEPTION 'القطعة % تتداخل مع % بعرض % م والمسموح % م — Parcel % overlaps % by a strip % m wide; % m are allowed',
        plot, CASE WHEN known THEN 'القطعة ' || rival_plot ELSE 'قطعة لجهة أخرى' END, width_m, tolerance_m,
        plot, CASE WHEN known THEN 'parcel ' || rival_plot ELSE 'a parcel of another authority' END,
        width_m, tolerance_m
        USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'parcels_do_not_overlap', TABLE = 'parcels_parcel',
            DETAIL = jsonb_build_object(
                'parcel', parcel, 'plot', plot,
                'rival', CASE WHEN known THEN rival END, 'rival_plot', CASE WHEN known THEN rival_plot END,
                'width_m', width_m, 'tolerance_m', tolerance_m);
END
$$;
REVOKE ALL ON FUNCTION parcels_refuse(uuid, uuid, double precision, double precision) FROM PUBLIC;
