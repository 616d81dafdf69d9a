"""Webhooks: a subscription follows the change log with a place of its own and tells its receiver each event."""
