-- Erases the personal columns of a record's versions, their salt with them, and leaves a note. The version in force is
-- kept while the record exists. The permanent history and its seal stay as they are: they hold salted digests only.
-- Returns how many versions were erased.
CREATE OR REPLACE FUNCTION history_erase(tracked regclass, key uuid, reason text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    name name := (SELECT relname FROM pg_class WHERE oid = tracked);
    owned boolean := EXISTS (SELECT FROM pg_attribute WHERE attrelid = tracked AND attname = 'authority_id');
    body uuid;
    erased bigint[];
    digests bytea;
BEGIN
    IF coalesce(btrim(reason), '') = '' THEN
        RAISE EXCEPTION 'Say why it is erased' USING ERRCODE = 'check_violation', CONSTRAINT = 'erasure_says_why';
    ELSIF to_regclass(format('personal_history.%I', name)) IS NULL THEN
        RAISE EXCEPTION '% has no personal history', tracked USING ERRCODE = 'undefined_table';
    END IF;
    IF owned THEN
        EXECUTE format('SELECT authority_id FROM history.%I WHERE id = $1 ORDER BY v_seq DESC LIMIT 1', name)
        INTO body USING key;
        IF body IS NULL OR body <> ALL (access_authorities(true)) THEN
            RAISE EXCEPTION 'The record belongs to another authority' USING ERRCODE = 'insufficient_privilege';
        END IF;
    END IF;
    EXECUTE format(
        'WITH gone AS (DELETE FROM personal_history.%1$I p USING history.%1$I h '
        '    WHERE h.v_seq = p.v_seq AND h.id = $1 AND (%2$s) '
        '    AND (NOT EXISTS (SELECT FROM public.%1$I t WHERE t.id = $1) '
        '        OR h.v_seq < (SELECT max(v_seq) FROM history.%1$I WHERE id = $1)) '
        '    RETURNING h.v_seq, h.v_personal) '
        'SELECT array_agg(v_seq ORDER BY v_seq), string_agg(v_personal, '''' ORDER BY v_seq) FROM gone',
        name, CASE WHEN owned THEN 'h.authority_id = ANY (access_authorities(true))' ELSE 'true' END)
    INTO erased, digests USING key;
    IF erased IS NULL THEN
        RETURN 0;
    END IF;
    INSERT INTO history.erasure
    VALUES (nextval('history.seq'), history_era(), pg_current_xact_id(), 'I', clock_timestamp(), access_actor(),
        session_user, left(reason, 1000), name, key, body, erased, sha256(digests));
    RETURN cardinality(erased);
END
$$;
REVOKE ALL ON FUNCTION history_erase(regclass, uuid, text) FROM PUBLIC;
