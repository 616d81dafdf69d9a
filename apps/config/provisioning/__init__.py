"""What only a superuser can give a database: extensions, roles, revocations and one flag.

Each thing is an `Item`: a sentence, a question to the catalogue whether it holds, and the statements that make it
hold. `manage.py provision` applies them, `/readyz` asks the questions as the web login.
"""

from collections.abc import Iterable

import psycopg
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

from .database import items_of_database
from .functions import items_of_functions
from .item import Item
from .logins import functions_of_logins, items_of_logins
from .roles import Names, items_of_roles

__all__ = ["Item", "Names", "apply", "items_in_database", "items_of_cluster", "missing", "provision_state"]


def items_of_cluster(names: Names) -> list[Item]:
    """What holds for the whole cluster: the roles."""
    return [*items_of_roles(names), *items_of_logins(names)]


def items_in_database(names: Names) -> list[Item]:
    """What holds inside one database, in the order in which it must be made."""
    return [*items_of_database(names), *items_of_functions(names), *functions_of_logins(names)]


def missing(connection: psycopg.Connection, items: Iterable[Item]) -> list[Item]:
    """The items that do not hold."""
    return [item for item in items if not _holds(connection, item)]


def apply(connection: psycopg.Connection, items: Iterable[Item]) -> list[Item]:
    """Make what does not hold yet, each item in a transaction of its own; returns what was made."""
    made = []
    for item in items:
        if _holds(connection, item):
            continue
        with connection.transaction():
            for statement in item.statements:
                connection.execute(statement)
        made.append(item)
    return made


def provision_state(connection: BaseDatabaseWrapper) -> list[Item]:
    """The items that do not hold, asked through one of Django's logins: what is degraded."""
    names = Names(settings.DB_ROLE_PREFIX)
    connection.ensure_connection()
    return missing(connection.connection, [*items_of_cluster(names), *items_in_database(names)])


def _holds(connection: psycopg.Connection, item: Item) -> bool:
    row = connection.execute(item.question).fetchone()
    return bool(row and row[0])
