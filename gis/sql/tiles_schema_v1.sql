-- What the map shows from afar, apart from the records: for each layer and zoom that generalises, a table made from the
-- declaration (gis.db.generalised). `day` is the day whose records it holds. Read by nobody but the definer functions.
CREATE SCHEMA tiles;
CREATE TABLE tiles.kind (name text PRIMARY KEY, tracked text NOT NULL, stamp text NOT NULL, day date);
