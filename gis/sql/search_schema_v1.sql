-- Where search keeps what records say: a table for each kind of document (made from the declarations of layers), the
-- words of all that everybody may see, and of each kind the words that very many records say, with what part of them.
-- Read by nobody but the definer functions that answer.
CREATE SCHEMA search;
CREATE TABLE search.document (name text PRIMARY KEY, tracked text NOT NULL, public boolean NOT NULL, stamp text NOT NULL);
CREATE TABLE search.vocabulary (word text PRIMARY KEY, skeleton text, n bigint NOT NULL);
CREATE INDEX vocabulary_skeleton ON search.vocabulary (skeleton);
CREATE INDEX vocabulary_like ON search.vocabulary USING gin (word gin_trgm_ops);
CREATE TABLE search.common (
    name text, word text, part double precision NOT NULL, rows bigint NOT NULL, PRIMARY KEY (name, word)
);
