DROP INDEX basefeature_land;
DROP INDEX basefeature_water;
DROP INDEX basefeature_wadi;
DROP INDEX basefeature_road;
DROP INDEX basefeature_building;
DROP INDEX basefeature_place;
