-- What was erased from the personal history: by whom, when, why, and the digest of what it was. A version like others,
-- so it is sealed with them.
CREATE TABLE history.erasure (
    v_seq bigint PRIMARY KEY,
    v_era integer NOT NULL,
    v_xid xid8 NOT NULL,
    v_op "char" NOT NULL,
    v_at timestamptz NOT NULL,
    v_actor text NOT NULL,
    v_session text NOT NULL,
    v_reason text NOT NULL,
    source name NOT NULL,
    id uuid NOT NULL,
    authority_id uuid,
    versions bigint[] NOT NULL,
    digest bytea NOT NULL
);
CREATE INDEX ON history.erasure (v_xid, v_seq);
ALTER TABLE history.erasure ENABLE ROW LEVEL SECURITY;
ALTER TABLE history.erasure FORCE ROW LEVEL SECURITY;
CREATE POLICY history_adds ON history.erasure FOR INSERT WITH CHECK (true);
CREATE TRIGGER history_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON history.erasure
    FOR EACH STATEMENT EXECUTE FUNCTION history_refuse();
ALTER TABLE history.erasure ENABLE ALWAYS TRIGGER history_kept;
