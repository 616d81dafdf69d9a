"""Which login does what: the owner's migrates, so no other may try."""


class OwnerMigrates:
    """Migrations run on the alias `owner` only; reads and writes choose their alias themselves."""

    def allow_migrate(self, db: str, app_label: str, **hints: object) -> bool:
        return db == "owner"
