"""People, roles, keys and database logins. Each change goes through a service; secrets are shown once."""

from . import keys, logins, people

__all__ = ["keys", "logins", "people"]
