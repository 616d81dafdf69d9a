-- Counts reports. Five digits from the first: with the check digit a number can be read out over the telephone.
CREATE SEQUENCE reports_number AS bigint START 10001;
