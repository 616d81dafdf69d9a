-- What belongs to a subscription belongs to its authority: whoever may write for another one cannot hang a secret, a
-- place or a delivery of theirs onto it, and a subscription with any of them never moves to another authority.
ALTER TABLE federation_subscription ADD CONSTRAINT subscription_has_a_home UNIQUE (id, authority_id);
ALTER TABLE federation_secret ADD CONSTRAINT secret_is_at_home FOREIGN KEY (subscription_id, authority_id)
    REFERENCES federation_subscription (id, authority_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE federation_place ADD CONSTRAINT place_is_at_home FOREIGN KEY (subscription_id, authority_id)
    REFERENCES federation_subscription (id, authority_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE federation_held ADD CONSTRAINT held_is_at_home FOREIGN KEY (subscription_id, authority_id)
    REFERENCES federation_subscription (id, authority_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE federation_attempt ADD CONSTRAINT attempt_is_at_home FOREIGN KEY (subscription_id, authority_id)
    REFERENCES federation_subscription (id, authority_id) DEFERRABLE INITIALLY DEFERRED;
