"""Django's migrate, as the owner of the database, with what follows from the declarations."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.commands.migrate import Command as Migrate
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from apps.config import access


class Command(Migrate):
    """Views step aside only when there is something to do; policies, views and grants are brought in line always."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args: Any, **options: Any) -> None:
        using = options["database"]
        looks_only = options["plan"] or options["check_unapplied"]
        if not looks_only and (options["app_label"] or _pending(using)):
            access.before(using)
        super().handle(*args, **options)
        if not looks_only and not _pending(using):
            access.after(using)


def _pending(using: str) -> bool:
    executor = MigrationExecutor(connections[using])
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
