ALTER TABLE parcels_overlap_due DROP COLUMN changed;
