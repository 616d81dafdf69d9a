-- The chain over the versions. A block holds one window of finished transactions, or a part of a large one:
-- `leaves` is number (8 bytes) and digest (32) of each version, `digest` covers the previous block, the bounds and the
-- leaves. `closes` marks the window's last part, whose numbers have no upper bound. Windows leave no gap.
CREATE TABLE history.block (
    number bigint PRIMARY KEY,
    era integer NOT NULL,
    from_xid xid8 NOT NULL,
    to_xid xid8 NOT NULL,
    after_seq bigint NOT NULL,
    last_seq bigint NOT NULL,
    closes boolean NOT NULL,
    leaves bytea NOT NULL,
    sealed_at timestamptz NOT NULL,
    previous bytea NOT NULL,
    digest bytea NOT NULL,
    signature text
);
ALTER TABLE history.block ENABLE ROW LEVEL SECURITY;
ALTER TABLE history.block FORCE ROW LEVEL SECURITY;
CREATE POLICY block_reads ON history.block FOR SELECT USING (true);
CREATE POLICY block_adds ON history.block FOR INSERT WITH CHECK (true);
CREATE TRIGGER history_kept BEFORE DELETE OR TRUNCATE ON history.block
    FOR EACH STATEMENT EXECUTE FUNCTION history_refuse();
ALTER TABLE history.block ENABLE ALWAYS TRIGGER history_kept;
