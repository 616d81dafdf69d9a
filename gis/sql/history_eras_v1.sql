-- Each run of transaction numbers that this database has lived through. Versions are ordered by era, then by number.
CREATE TABLE history.era (
    number bigint PRIMARY KEY,
    identity text NOT NULL,
    began_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
