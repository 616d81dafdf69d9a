DROP TABLE history.era;
