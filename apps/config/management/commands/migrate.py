"""`manage.py migrate`: Django's own, as the owner of the database, with what follows from the declarations."""

from typing import Any

from django.core.management.base import CommandParser
from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from apps.config import access
from gis import counting, generalising, indexing, versions


class Command(DjangoMigrate):
    """The web login owns nothing, so the alias `owner` is the default.

    Views step aside only when a migration is to be run: without one, readers of the running server notice nothing.
    Policies, views and grants follow whenever the database has come to the newest state, then what is derived.
    """

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args: Any, **options: Any) -> None:
        using = options["database"]
        only_asks = options["plan"] or options["check_unapplied"]
        if not only_asks and (options["app_label"] or not newest(using)):
            access.before(using)
        super().handle(*args, **options)
        if not only_asks and newest(using):
            access.after(using)
            say = self.stdout.write if options["verbosity"] else lambda line: None
            for follower in (indexing, generalising, versions, counting):
                follower.follow(using=using, say=say)


def newest(using: str) -> bool:
    """Whether every migration is applied."""
    executor = MigrationExecutor(connections[using])
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())
