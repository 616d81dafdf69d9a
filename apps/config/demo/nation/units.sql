-- Two of three plots have an entrance on their lane: odd numbers above it, even ones below.
INSERT INTO addressing_addressunit (authority_id, number, street_id, area_ar, area_en, wilayat_id, parcel_id, valid_from,
    source_id, geom)
SELECT %(owner)s, 2 * (c * 20 + k + 1) - 1 + side, s.id, %(quarter_ar)s, %(quarter_en)s, %(wilayat)s, p.id,
    %(today)s::date - 900, format('%%s-U%%s', %(code)s, no),
    gis_to_storage(ST_MakePoint(%(east)s + gx * %(cos)s - gy * %(sin)s, %(north)s + gx * %(sin)s + gy * %(cos)s), %(crs)s)
FROM (SELECT * FROM plots ORDER BY chance DESC, no LIMIT %(units)s) AS built
JOIN addressing_street s ON s.authority_id = %(owner)s AND s.valid_to IS NULL AND s.source_id <> ''
    AND s.source_id = format('%%s-L%%s', %(code)s, lane)
JOIN parcels_parcel p ON p.scheme_id = %(scheme)s AND p.plot_no = no::text,
LATERAL (SELECT (x0 + x1) / 2 AS px, front AS py) AS door,
LATERAL (SELECT px + 30 * sin(py / 290 + %(bend)s) AS gx, py + 24 * sin(px / 370 + %(bend)s) AS gy) AS bent
