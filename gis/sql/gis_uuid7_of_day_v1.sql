-- A UUIDv7 whose milliseconds are those of the day's beginning: for records whose day everybody may know, and no more.
-- Only the 74 random bits tell those of a day apart.
CREATE FUNCTION gis_uuid7_of_day() RETURNS uuid
LANGUAGE plpgsql VOLATILE PARALLEL SAFE AS $$
BEGIN
    RETURN encode(
        overlay(uuid_send(gis_uuid7()) PLACING
            substring(int8send((gis_today() - date '1970-01-01') * 86400000::bigint) FROM 3) FROM 1 FOR 6),
        'hex')::uuid;
END
$$;
