-- For tiles of what is at work, as its authority sees it: the settled, ten times as many, are not read. Not in the model:
-- Django forgets the condition of an index on a geometry.
CREATE INDEX reports_at_work ON reports_report USING gist (geom) WHERE status IN ('new', 'accepted', 'in_progress');
