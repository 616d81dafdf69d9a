DROP TABLE history.block;
