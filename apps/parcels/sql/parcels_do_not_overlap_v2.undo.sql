CREATE OR REPLACE FUNCTION parcels_do_not_overlap() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    space CONSTANT integer := 1885434732;
    most CONSTANT integer := 512;
    changed uuid[];
    cells bigint[];
    clash record;
BEGIN
    IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
        RAISE EXCEPTION 'تُكتب القطع بمستوى العزل READ COMMITTED فقط — Parcels are written at isolation level READ COMMITTED only, not %',
            upper(current_setting('transaction_isolation'))
            USING ERRCODE = 'feature_not_supported', CONSTRAINT = 'parcels_need_read_committed';
    END IF;
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(id) INTO changed FROM new_rows;
        SELECT array_agg(DISTINCT cell) INTO cells FROM new_rows n, gis_cells(n.geom, most) AS cell;
    ELSE
        SELECT array_agg(n.id) INTO changed FROM new_rows n LEFT JOIN old_rows o ON o.id = n.id
        WHERE (n.geom, n.valid_from, n.valid_to, n.authority_id)
            IS DISTINCT FROM (o.geom, o.valid_from, o.valid_to, o.authority_id);
        SELECT array_agg(DISTINCT cell) INTO cells
        FROM (SELECT id, geom FROM new_rows UNION ALL SELECT id, geom FROM old_rows) r
        JOIN unnest(changed) AS c (id) ON c.id = r.id, gis_cells(r.geom, most) AS cell;
    END IF;
    IF changed IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM gis_hold_cells(space, cells, most);
    -- A statement of its own, so that it sees what was committed while this one waited.
    SELECT r.*, n.plot_no, p.plot_no AS rival_plot, known
    INTO clash
    FROM parcels_rivals(changed) r
    JOIN parcels_parcel n ON n.id = r.parcel
    JOIN parcels_parcel p ON p.id = r.rival
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
    RETURN NULL;
END
$$;
