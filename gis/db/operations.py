"""Custody of SQL: one object per file, versioned, run by exactly one migration, always reversible."""

from importlib.resources import files
from typing import Any

from django.db.migrations.operations import RunSQL


def sql_text(package: str, name: str) -> str:
    """The text of `<package>/sql/<name>.sql`; a released file never changes."""
    return (files(package) / "sql" / f"{name}.sql").read_text(encoding="utf-8")


class SQLFile(RunSQL):
    """A migration line that runs `<package>/sql/<name>.sql` and, backwards, `<name>.undo.sql`."""

    reduces_to_sql = True

    def __init__(self, package: str, name: str) -> None:
        self.package = package
        self.name = name
        super().__init__(_statement(package, name), _statement(package, f"{name}.undo"))

    def deconstruct(self) -> tuple[str, list[str], dict[str, str]]:
        return (self.__class__.__name__, [self.package, self.name], {})

    def describe(self) -> str:
        return f"SQL file {self.package}/sql/{self.name}.sql"


def _statement(package: str, name: str) -> list[Any]:
    # A pair with None keeps '%' literal; a bare string would be split by sqlparse at semicolons inside bodies.
    return [(sql_text(package, name), None)]
