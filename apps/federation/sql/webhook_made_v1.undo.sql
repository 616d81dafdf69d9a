DROP TRIGGER subscription_is_made ON federation_subscription;
DROP FUNCTION webhook_made();
