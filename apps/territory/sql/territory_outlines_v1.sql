-- Outlines of provinces have tens of thousands of corners and are asked for with every place: of a compressed one all
-- has to be unpacked before anything can be looked at. What is there stays as it is until it changes.
ALTER TABLE territory_governorate ALTER COLUMN geom SET STORAGE EXTERNAL;
ALTER TABLE territory_wilayat ALTER COLUMN geom SET STORAGE EXTERNAL;
ALTER TABLE territory_authority ALTER COLUMN geom SET STORAGE EXTERNAL;
