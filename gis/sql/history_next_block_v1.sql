-- The bounds of the block after `tip`: the rest of its window, the next window of its era, or the next era's first.
-- Of an era that is over every transaction is finished.
CREATE FUNCTION history_next_block(tip history.block, present integer) RETURNS history.block
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    forever CONSTANT xid8 := '18446744073709551615';
    fresh history.block;
BEGIN
    fresh.number := coalesce(tip.number, 0) + 1;
    fresh.previous := coalesce(tip.digest, '');
    fresh.era := coalesce(tip.era, (SELECT min(number) FROM history.era));
    fresh.from_xid := coalesce(tip.to_xid, '0');
    fresh.after_seq := 0;
    IF NOT tip.closes THEN
        fresh.from_xid := tip.from_xid;
        fresh.to_xid := tip.to_xid;
        fresh.after_seq := tip.last_seq;
        RETURN fresh;
    ELSIF tip.to_xid = forever THEN
        fresh.era := tip.era + 1;
        fresh.from_xid := '0';
    END IF;
    fresh.to_xid := CASE WHEN fresh.era < present THEN forever ELSE pg_snapshot_xmin(pg_current_snapshot()) END;
    RETURN fresh;
END
$$;
REVOKE ALL ON FUNCTION history_next_block(history.block, integer) FROM PUBLIC;
