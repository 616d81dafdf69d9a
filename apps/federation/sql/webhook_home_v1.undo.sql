ALTER TABLE federation_attempt DROP CONSTRAINT attempt_is_at_home;
ALTER TABLE federation_held DROP CONSTRAINT held_is_at_home;
ALTER TABLE federation_place DROP CONSTRAINT place_is_at_home;
ALTER TABLE federation_secret DROP CONSTRAINT secret_is_at_home;
ALTER TABLE federation_subscription DROP CONSTRAINT subscription_has_a_home;
