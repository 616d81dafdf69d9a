-- `history` keeps every version for good, `personal_history` the personal columns, which can be erased, and `past`
-- shows a table as it was. One sequence numbers all versions: cached values would break the order between sessions.
CREATE SCHEMA history;
CREATE SCHEMA personal_history;
CREATE SCHEMA past;
CREATE SEQUENCE history.seq CACHE 1;
