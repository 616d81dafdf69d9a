-- What every fifth entrance was called before streets had names.
INSERT INTO addressing_legacyaddress (authority_id, unit_id, building_no, way_no, block_no)
SELECT %(owner)s, u.id, (u.number * 7)::text, s.code, %(block)s
FROM addressing_addressunit u JOIN addressing_street s ON s.id = u.street_id
WHERE u.authority_id = %(owner)s AND s.authority_id = %(owner)s AND s.valid_to IS NULL AND s.source_id <> ''
    AND s.source_id = ANY (%(lanes)s) AND u.number %% 5 = 0
