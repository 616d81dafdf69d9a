DROP TABLE parcels_overlap_due;
