-- Seals what has happened since the last block and is finished: no open transaction can add behind it. It stands
-- apart from the writing, which a chain would put in single file. Returns the new block's number, NULL when there is
-- nothing new. Called again until then.
CREATE FUNCTION history_seal(most integer DEFAULT 100000) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    tip history.block;
    fresh history.block;
    present integer := history_era();
    bounds text;
BEGIN
    IF row_security_active('history.block') THEN
        RAISE EXCEPTION 'history_seal sees only some rows: run manage.py provision and migrate';
    END IF;
    PERFORM pg_advisory_xact_lock('history.block'::regclass::oid::bigint);
    SELECT * INTO tip FROM history.block ORDER BY number DESC LIMIT 1;
    fresh := history_next_block(tip, present);
    SELECT string_agg(int8send(seq) || l.digest, '' ORDER BY seq), max(seq), count(*) < most
    INTO fresh.leaves, fresh.last_seq, fresh.closes
    FROM history_leaves(fresh.era, fresh.from_xid, fresh.to_xid, fresh.after_seq, 9223372036854775807, most) l;
    IF fresh.leaves IS NULL AND fresh.era = present AND coalesce(tip.closes, true) THEN
        RETURN NULL;
    END IF;
    fresh.leaves := coalesce(fresh.leaves, '');
    fresh.last_seq := coalesce(fresh.last_seq, fresh.after_seq);
    fresh.sealed_at := clock_timestamp();
    bounds := concat_ws('|', fresh.number, fresh.era, fresh.from_xid, fresh.to_xid, fresh.after_seq, fresh.last_seq,
        fresh.closes, (extract(epoch FROM fresh.sealed_at) * 1000000)::bigint);
    fresh.digest := sha256(fresh.previous || convert_to(bounds, 'UTF8') || fresh.leaves);
    INSERT INTO history.block SELECT fresh.*;
    RETURN fresh.number;
END
$$;
REVOKE ALL ON FUNCTION history_seal(integer) FROM PUBLIC;
