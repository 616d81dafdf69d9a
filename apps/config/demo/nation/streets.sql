-- Twenty-six lanes along the quarter, known by their number, and six named streets across it.
INSERT INTO addressing_street (authority_id, name_ar, name_en, code, kind, wilayat_id, valid_from, source_id, geom)
SELECT %(owner)s, replace(%(way_ar)s, '{}', code), replace(%(way_en)s, '{}', code), code, 'alley', %(wilayat)s,
    %(today)s::date - 900, format('%%s-L%%s', %(code)s, lane), gis_to_storage(ST_Multi(line), %(crs)s)
FROM (
    SELECT lane, (%(first_way)s + lane)::text AS code, ST_MakeLine(ST_MakePoint(%(east)s + gx * %(cos)s - gy * %(sin)s,
        %(north)s + gx * %(sin)s + gy * %(cos)s) ORDER BY px) AS line
    FROM (SELECT r AS lane, y - 6 AS py FROM row_of UNION ALL SELECT 25, y + 2 * d + 6 FROM row_of WHERE r = 24) AS lanes,
    generate_series(-16, (SELECT max(x + 20 * w)::integer + 16 FROM column_of), 30) AS px,
    LATERAL (SELECT px + 30 * sin(py / 290 + %(bend)s) AS gx, py + 24 * sin(px / 370 + %(bend)s) AS gy) AS bent
    GROUP BY lane
) AS drawn
UNION ALL
SELECT %(owner)s, replace(%(street_ar)s, '{}', (%(names_ar)s::text[])[c + 1]),
    replace(%(street_en)s, '{}', (%(names_en)s::text[])[c + 1]), '', 'street', %(wilayat)s, %(today)s::date - 900,
    format('%%s-S%%s', %(code)s, c), gis_to_storage(ST_Multi(line), %(crs)s)
FROM (
    SELECT c, ST_MakeLine(ST_MakePoint(%(east)s + gx * %(cos)s - gy * %(sin)s,
        %(north)s + gx * %(sin)s + gy * %(cos)s) ORDER BY py) AS line
    FROM (SELECT c, x - 8 AS px FROM column_of UNION ALL SELECT 5, x + 20 * w + 8 FROM column_of WHERE c = 4) AS streets,
    generate_series(-12, (SELECT max(y + 2 * d)::integer + 12 FROM row_of), 30) AS py,
    LATERAL (SELECT px + 30 * sin(py / 290 + %(bend)s) AS gx, py + 24 * sin(px / 370 + %(bend)s) AS gy) AS bent
    GROUP BY c
) AS drawn
