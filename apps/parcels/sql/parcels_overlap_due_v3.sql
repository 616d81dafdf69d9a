-- `changed`: the transaction may hold rows that it wrote as they were. These carry its number and are in no history.
ALTER TABLE parcels_overlap_due ADD COLUMN changed boolean NOT NULL DEFAULT true;
