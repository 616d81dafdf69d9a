-- At the front of plots, over two years, the younger the more; what is older than four months has been settled.
INSERT INTO reports_report (authority_id, category_id, status, text, address, language, reported_at, client_id,
    body_hash, token, geom)
SELECT %(owner)s, category, CASE WHEN d > 0.93 THEN 'rejected' WHEN days > 120 OR d < 0.6 THEN 'done'
        WHEN d < 0.7 THEN 'in_progress' WHEN d < 0.8 THEN 'accepted' ELSE 'new' END,
    text, format('%%s، %%s', replace(%(way_ar)s, '{}', (%(first_way)s + lane)::text), %(quarter_ar)s), language,
    %(now)s::timestamptz - make_interval(hours => 1 + (24 * days)::integer, secs => floor(a * 3600)), gen_random_uuid(),
    encode(sha256(convert_to(text, 'UTF8')), 'hex'), encode(sha256(uuid_send(gen_random_uuid())), 'hex'),
    gis_to_storage(ST_MakePoint(%(east)s + gx * %(cos)s - gy * %(sin)s, %(north)s + gx * %(sin)s + gy * %(cos)s), %(crs)s)
FROM generate_series(1, %(reports)s) AS n,
LATERAL (SELECT (hashtextextended('e' || n, %(seed)s) & 1048575) / 1048576.0::float8 AS a,
    (hashtextextended('f' || n, %(seed)s) & 1048575) / 1048576.0::float8 AS b,
    (hashtextextended('g' || n, %(seed)s) & 1048575) / 1048576.0::float8 AS d) AS dice,
LATERAL (SELECT 730 * (1 - sqrt(a)) AS days, 1 + floor(b * cardinality(%(said_category)s))::integer AS said) AS chosen,
LATERAL (SELECT (%(said_category)s::uuid[])[said] AS category, (%(said_language)s::text[])[said] AS language,
    (%(said_text)s::text[])[said] AS text) AS words,
plots,
LATERAL (SELECT x0 + (x1 - x0) * b AS px, front + (4 * side - 2) * a AS py) AS place,
LATERAL (SELECT px + 30 * sin(py / 290 + %(bend)s) AS gx, py + 24 * sin(px / 370 + %(bend)s) AS gy) AS bent
WHERE no = 1 + (hashtextextended('h' || n, %(seed)s) & 1048575) %% 5000
