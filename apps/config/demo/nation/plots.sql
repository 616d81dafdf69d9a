-- The 5,000 plots of a quarter: five by twenty-five blocks of two rows of twenty plots, back to back, with a lane below
-- and above each row of blocks. Drawn on a straight grid, bent by two waves and turned, so that neighbours share their
-- corners to the last digit. "grid" coordinates are metres of the quarter; E and N the surveyors' system.
-- `chance`, 0 to 1, is the plot's own and the same whenever it is asked for.
column_of AS (
    SELECT c, w, coalesce(sum(20 * w + 16) OVER (ORDER BY c ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS x
    FROM generate_series(0, 4) AS c,
    LATERAL (SELECT 18 + 8 * (hashtextextended('w' || c, %(seed)s) & 1023) / 1024.0::float8 AS w) AS width
),
row_of AS (
    SELECT r, d, coalesce(sum(2 * d + 12) OVER (ORDER BY r ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS y
    FROM generate_series(0, 24) AS r,
    LATERAL (SELECT 24 + 10 * (hashtextextended('d' || r, %(seed)s) & 1023) / 1024.0::float8 AS d) AS depth
),
plots AS MATERIALIZED (
    SELECT no, c, r, side, k, r + side AS lane, w * d AS area,
        (hashtextextended('p' || no, %(seed)s) & 1048575) / 1048576.0::float8 AS chance,
        x + k * w AS x0, x + (k + 1) * w AS x1, y + side * d AS y0, y + (side + 1) * d AS y1,
        y + side * 2 * d + (2 * side - 1) AS front
    FROM column_of, row_of, generate_series(0, 1) AS side, generate_series(0, 19) AS k,
    LATERAL (SELECT ((r * 5 + c) * 2 + side) * 20 + k + 1 AS no) AS numbered
)
