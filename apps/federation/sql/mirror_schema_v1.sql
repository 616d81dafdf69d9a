-- Copies of collections of other servers, one table each, made and kept by `manage.py follow` as the owner. Nobody else
-- may read them until the operator says who. `mirror.source` says of each where its follower stands: it is moved in the
-- transaction that writes what was read, so that whoever is killed in between goes on where the table is.
-- address, question: the collection and what of it; log: where it tells its changes (empty: it does not), token: the
-- place in it; walking, next: the collection is being read whole, and the page to read next; round: the number of the
-- last reading, which each row seen in it carries; fields: {property: [column, type]}.
CREATE SCHEMA mirror;
CREATE TABLE mirror.source (
    name text PRIMARY KEY,
    address text NOT NULL,
    question jsonb NOT NULL,
    log text NOT NULL DEFAULT '',
    token text NOT NULL DEFAULT '',
    walking boolean NOT NULL DEFAULT false,
    next text NOT NULL DEFAULT '',
    round bigint NOT NULL DEFAULT 0,
    fields jsonb NOT NULL DEFAULT '{}',
    at timestamptz NOT NULL DEFAULT now()
);
