-- On the belt of farms around the quarter, and in its gardens.
INSERT INTO wells_well (authority_id, number, kind, use, status, depth_m, drilled_on, valid_from, source_id, geom)
SELECT %(ministry)s, format('W-%%s-%%s', %(code)s, n), CASE WHEN a < 0.3 THEN 'dug' ELSE 'drilled' END,
    CASE WHEN b < 0.7 THEN 'agricultural' WHEN b < 0.9 THEN 'domestic' WHEN b < 0.94 THEN 'commercial'
        WHEN b < 0.97 THEN 'industrial' ELSE 'monitoring' END,
    CASE WHEN c < 0.85 THEN 'working' WHEN c < 0.95 THEN 'abandoned' ELSE 'sealed' END,
    round((12 + 90 * c)::numeric, 1), %(today)s::date - (900 + (13000 * b)::integer), %(today)s::date - 420,
    format('%%s-W%%s', %(code)s, n),
    gis_to_storage(ST_MakePoint(%(east)s + gx * %(cos)s - gy * %(sin)s, %(north)s + gx * %(sin)s + gy * %(cos)s), %(crs)s)
FROM generate_series(1, %(wells)s) AS n,
LATERAL (SELECT (hashtextextended('a' || n, %(seed)s) & 1048575) / 1048576.0::float8 AS a,
    (hashtextextended('b' || n, %(seed)s) & 1048575) / 1048576.0::float8 AS b,
    (hashtextextended('c' || n, %(seed)s) & 1048575) / 1048576.0::float8 AS c) AS dice,
LATERAL (SELECT -250 + a * 2950 AS gx, -300 + b * 2500 AS gy) AS place
