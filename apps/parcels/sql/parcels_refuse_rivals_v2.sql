-- Raises the first overlap of the changed parcels that is wider than allowed. `theirs`: others changed them, so the
-- parcel to be corrected is the one beside.
CREATE OR REPLACE FUNCTION parcels_refuse_rivals(changed uuid[], theirs boolean) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    clash record;
BEGIN
    SELECT * INTO clash FROM parcels_rivals(changed) LIMIT 1;
    IF FOUND AND theirs THEN
        PERFORM parcels_refuse(clash.rival, clash.parcel, clash.width_m, clash.tolerance_m);
    ELSIF FOUND THEN
        PERFORM parcels_refuse(clash.parcel, clash.rival, clash.width_m, clash.tolerance_m);
    END IF;
END
$$;
