DROP TABLE history.erasure;
