INSERT INTO parcels_parcel (authority_id, plot_no, block_no, scheme_id, wilayat_id, land_use, status, legal_area_m2,
    krooki_no, deed_no, valid_from, source_id, geom)
SELECT %(owner)s, no::text, lpad((r * 5 + c + 1)::text, 3, '0'), %(scheme)s, %(wilayat)s,
    CASE WHEN c = 2 AND r %% 8 = 4 THEN 'commercial' WHEN chance < 0.02 THEN 'government' WHEN chance < 0.05
        THEN 'residential_commercial' WHEN chance < 0.055 THEN 'other' ELSE 'residential' END,
    CASE WHEN chance < 0.1 THEN 'surveyed' ELSE 'registered' END,
    round(area::numeric, 2),
    format('%%s-%%s', %(code)s, no),
    CASE WHEN chance < 0.1 THEN '' ELSE format('%%s/%%s', 1990 + no %% 33, lpad((no * 17)::text, 5, '0')) END,
    %(today)s::date - (400 + (chance * 9000)::integer),
    format('%%s-%%s', %(code)s, lpad(no::text, 4, '0')),
    gis_to_storage(ST_Multi(ST_MakePolygon((
        SELECT ST_MakeLine(ST_MakePoint(%(east)s + gx * %(cos)s - gy * %(sin)s, %(north)s + gx * %(sin)s + gy * %(cos)s)
            ORDER BY corner)
        FROM (VALUES (1, x0, y0), (2, x1, y0), (3, x1, y1), (4, x0, y1), (5, x0, y0)) AS v (corner, px, py),
        LATERAL (SELECT px + 30 * sin(py / 290 + %(bend)s) AS gx, py + 24 * sin(px / 370 + %(bend)s) AS gy) AS bent
    ))), %(crs)s)
FROM plots
