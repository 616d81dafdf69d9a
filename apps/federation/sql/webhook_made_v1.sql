-- BEFORE INSERT OR UPDATE trigger: a subscription reads by whoever made it or resumed it, so nobody names another person;
-- an organisation reads every authority's records, so its subscriptions are written by superusers. Jobs change states.
CREATE FUNCTION webhook_made() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    person uuid := nullif(current_setting('baladiya.user', true), '')::uuid;
BEGIN
    IF NOT row_security_active(TG_RELID) OR (person IS NULL AND TG_OP = 'UPDATE'
            AND (NEW.reader, NEW.organisation_id, NEW.made_by_id, NEW.url, NEW.layer)
                IS NOT DISTINCT FROM (OLD.reader, OLD.organisation_id, OLD.made_by_id, OLD.url, OLD.layer)) THEN
        RETURN NEW;
    END IF;
    IF person IS NULL OR (NEW.reader = 'agency' AND NOT access_everywhere())
            OR (NEW.made_by_id <> person AND (TG_OP = 'INSERT' OR NEW.made_by_id <> OLD.made_by_id)) THEN
        RAISE insufficient_privilege USING
            MESSAGE = 'A subscription is made in one''s own name, and that of an organisation by a superuser.',
            HINT = 'Ask a platform administrator.';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER subscription_is_made BEFORE INSERT OR UPDATE ON federation_subscription
    FOR EACH ROW EXECUTE FUNCTION webhook_made();
