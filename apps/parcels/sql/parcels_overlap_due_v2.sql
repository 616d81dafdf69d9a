-- `whole`: no statement of the transaction has been compared yet, all of its parcels are at its end.
ALTER TABLE parcels_overlap_due ADD COLUMN whole boolean NOT NULL DEFAULT false;
