-- Parcels of a dense city as five authorities publish them: blocks of 8 by 5, each turned a little, outlines of 5 to 9
-- points, 8 decimals, valid. Derived from hashes, so that every run has the same ground. %(rows)s parcels.
WITH block AS MATERIALIZED (
    SELECT b, 58.1 + (b %% 200 + 0.5) * 0.003 AS cx, 23.3 + (b / 200 + 0.5) * 0.0032 AS cy,
        (pg_temp.chance(b, 1) - 0.5) * 0.21 AS turn
    FROM generate_series(0, (%(rows)s - 1) / 40) AS b
), cell AS MATERIALIZED (
    SELECT block.*, b::bigint * 40 + j * 8 + i AS n, (j - 2.5) * 0.00056 AS y0, (j - 1.5) * 0.00056 AS y1,
        (i - 4) * 0.00033 + CASE WHEN i = 0 THEN 0 ELSE (pg_temp.chance(b * 64 + i, 2) - 0.5) * 0.00006 END AS x0,
        (i - 3) * 0.00033 + CASE WHEN i = 7 THEN 0 ELSE (pg_temp.chance(b * 64 + i + 1, 2) - 0.5) * 0.00006 END AS x1
    FROM block, generate_series(0, 7) AS i, generate_series(0, 4) AS j
), outline AS MATERIALIZED (
    SELECT n, b, (SELECT string_agg(round((cx + x * cos(turn) - y * sin(turn))::numeric, 8) || ' '
        || round((cy + x * sin(turn) + y * cos(turn))::numeric, 8), ',' ORDER BY k)
        FROM (VALUES (1, 0, x0, y0), (2, 1, x0 + (x1 - x0) * 0.5, y0 + (y1 - y0) * 0.012), (3, 0, x1, y0),
            (4, 2, x1 - (x1 - x0) * 0.02, y0 + (y1 - y0) * 0.4), (5, 0, x1, y1),
            (6, 3, x0 + (x1 - x0) * 0.6, y1 - (y1 - y0) * 0.015), (7, 0, x0, y1),
            (8, 4, x0 + (x1 - x0) * 0.02, y0 + (y1 - y0) * 0.55), (9, 0, x0, y0)) AS corner(k, extra, x, y)
        WHERE extra <= floor(pg_temp.chance(n, 3) * 5)) AS points
    FROM cell
)
INSERT INTO parcels_parcel (authority_id, plot_no, block_no, land_use, legal_area_m2, geom)
SELECT owner.id, (n %% 40 + 1)::text, b::text,
    (ARRAY['residential', 'residential_commercial', 'commercial', 'industrial', 'agricultural', 'tourism', 'government',
        'other'])[1 + floor(power(pg_temp.chance(n, 4), 1.8) * 8)::int],
    (550 + pg_temp.chance(n, 5) * 200)::numeric(14, 2), ('SRID=4326;MULTIPOLYGON(((' || points || ')))')::geometry
FROM outline JOIN territory_authority AS owner ON owner.code = 'bench-' || b %% 200 / 40
WHERE n < %(rows)s
ORDER BY n
