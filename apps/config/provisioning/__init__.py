"""What only a superuser can give a database: extensions, roles, revocations and one flag.

Each thing is an `Item`: a sentence, a question to the catalogue whether it holds, and the statements that make it
hold. `manage.py provision` applies them, `/readyz` asks the questions as the web login.
"""

from collections.abc import Iterator

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

from .database import items_of_database
from .functions import items_of_functions
from .item import Item
from .roles import Names, items_of_roles

__all__ = ["Item", "Names", "items_in_database", "items_of_cluster", "provision_state"]


def items_of_cluster(names: Names) -> list[Item]:
    """What holds for the whole cluster: the roles."""
    return [*items_of_roles(names)]


def items_in_database(names: Names) -> list[Item]:
    """What holds inside one database, in the order in which it must be made."""
    return [*items_of_database(names), *items_of_functions(names)]


def provision_state(connection: BaseDatabaseWrapper) -> list[Item]:
    """The items that do not hold, asked through an ordinary login: what is degraded."""
    return list(_missing(connection))


def _missing(connection: BaseDatabaseWrapper) -> Iterator[Item]:
    names = Names(settings.DB_ROLE_PREFIX)
    with connection.cursor() as cursor:
        for item in (*items_of_cluster(names), *items_in_database(names)):
            cursor.execute(item.question)
            if not cursor.fetchone()[0]:
                yield item
