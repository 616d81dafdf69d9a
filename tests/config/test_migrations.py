"""Migrations go back as well as forward, and what follows from the declarations comes back by itself."""

from collections.abc import Callable, Iterator

import psycopg
import pytest
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from pytest_django import DjangoDbBlocker

from apps.config.health import State, findings
from tests import databases

Login = Callable[[str], psycopg.Connection]
OURS = (
    "config",
    "reports",
    "federation",
    "parking",
    "wells",
    "addressing",
    "parcels",
    "accounts",
    "territory",
    "spatial",
)
# What an app of ours left behind: anything of the owner's that is not procrastinate's or Django's.
LEFT = """
    SELECT 'table ' || relname FROM pg_class
        WHERE relkind IN ('r', 'v', 'S', 'm') AND relowner = 'baladiya_owner'::regrole
        AND relnamespace NOT IN ('pg_toast'::regnamespace) AND relname !~ '^(procrastinate|auth|django)_'
    UNION ALL SELECT 'function ' || proname FROM pg_proc WHERE proowner = 'baladiya_owner'::regrole
        AND proname NOT LIKE 'procrastinate%'
    UNION ALL SELECT 'schema ' || nspname FROM pg_namespace WHERE nspowner = 'baladiya_owner'::regrole
"""


@pytest.fixture
def empty_db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    with django_db_blocker.unblock():
        before = str(connections["default"].settings_dict["NAME"])
        name = databases.empty(label="empty")
        databases.point_django_at(name)
        yield name
        connections.close_all()
        databases.point_django_at(before)
        with databases.superuser() as connection:
            databases.drop(connection, name)


@pytest.mark.usefixtures("empty_db")
def test_every_migration_can_be_undone(login: Login):
    """By the executor: what follows from the declarations after every migrate is not a migration's to undo."""
    forward = MigrationExecutor(connections["owner"])
    forward.migrate(forward.loader.graph.leaf_nodes())
    root = login("superuser")
    assert root.execute(LEFT).fetchall() != []
    MigrationExecutor(connections["owner"]).migrate([(label, None) for label in OURS])
    assert [name for (name,) in root.execute(LEFT).fetchall()] == []


def test_a_lost_view_and_policy_come_back(committed_db: str, login: Login):
    root = login("superuser")
    root.execute("DROP VIEW pub.parcels CASCADE; ALTER TABLE parcels_parcel DISABLE ROW LEVEL SECURITY")
    call_command("migrate", verbosity=0)
    assert login("public").execute("SELECT count(*) FROM pub.parcels").fetchone() == (0,)
    assert {item.state for item in findings() if item.code == "row-security"} == {State.OK}
