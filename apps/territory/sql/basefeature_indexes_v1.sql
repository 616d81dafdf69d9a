-- One spatial index a kind: a tile of places must not wade through the buildings.
CREATE INDEX basefeature_land ON territory_basefeature USING gist (geom) WHERE kind = 'land';
CREATE INDEX basefeature_water ON territory_basefeature USING gist (geom) WHERE kind = 'water';
CREATE INDEX basefeature_wadi ON territory_basefeature USING gist (geom) WHERE kind = 'wadi';
CREATE INDEX basefeature_road ON territory_basefeature USING gist (geom) WHERE kind = 'road';
CREATE INDEX basefeature_building ON territory_basefeature USING gist (geom) WHERE kind = 'building';
CREATE INDEX basefeature_place ON territory_basefeature USING gist (geom) WHERE kind = 'place';
