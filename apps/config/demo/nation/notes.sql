-- What the reporter was told last, of the reports of the last two months.
INSERT INTO reports_statusnote (authority_id, report_id, status, answer, noted_at)
SELECT r.authority_id, r.id, r.status, coalesce((%(answers)s::jsonb)->>(r.status || ' ' || r.language), ''),
    least(r.reported_at + interval '30 hours', %(now)s::timestamptz)
FROM reports_report r
WHERE r.authority_id = %(owner)s AND r.status <> 'new' AND r.reported_at > %(now)s::timestamptz - interval '60 days'
    AND NOT EXISTS (SELECT FROM reports_statusnote s WHERE s.report_id = r.id)
