-- The same at the place that everybody sees.
CREATE INDEX reports_at_work_shown ON reports_report USING gist (public_place)
WHERE status IN ('new', 'accepted', 'in_progress');
