"""Fixtures of all tests: databases, logins, and the real data of other cities."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connections
from django.utils import translation
from pytest_django import DjangoDbBlocker
from xdist.scheduler import LoadFileScheduling

from tests import databases
from tests.servers import live_site

pytest_plugins = ["tests.figures", "pytester"]

# The only path outside the project: real files of other cities, read and never copied into the repository.
SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
BROWSER = "tests/browser/"


class OneBrowser(LoadFileScheduling):
    """For several processes: a file's tests stay together, and so do all that drive a browser.

    One browser is busy on two cores; two took 2.6 times as long for the same pages, measured.
    """

    def _split_scope(self, nodeid: str) -> str:
        return BROWSER if nodeid.startswith(BROWSER) else super()._split_scope(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneBrowser:
    return OneBrowser(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest goes first."""
    items.sort(key=lambda item: not item.nodeid.startswith(BROWSER))


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """The language that a client or a server's thread made this process speak ends with its test."""
    yield
    translation.deactivate()


@pytest.fixture(scope="session")
def template_database() -> str:
    """The name of the database that every other is copied from. Nobody connects to it."""
    databases.start()
    databases.drop_orphans()
    return databases.template()


@pytest.fixture(scope="session")
def django_db_setup(template_database: str, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Instead of pytest-django's: a copy of the template, for this process alone, with the three real logins."""
    with django_db_blocker.unblock():
        name = databases.clone(template_database, label="main")
        databases.point_django_at(name)
        yield
        connections.close_all()
        with databases.superuser() as connection:
            databases.drop(connection, name)


@pytest.fixture(scope="session")
def _numbers() -> Iterator[int]:
    return count()


@pytest.fixture
def committed_db(
    template_database: str, django_db_setup: None, django_db_blocker: DjangoDbBlocker, _numbers: Iterator[int]
) -> Iterator[str]:
    """A fresh database for one test that needs several sessions: what is written is committed; dropped afterwards.

    Django's three aliases point at it during the test. Gives its name, for `login`.
    """
    with databases.used(template_database, django_db_blocker, label=f"committed_{next(_numbers)}") as name:
        yield name


@pytest.fixture
def site(committed_db: str) -> Iterator[str]:
    """Address of a running server over the committed database, static files included; its threads log in as the web."""
    with live_site() as address:
        yield address


@pytest.fixture
def login(django_db_setup: None) -> Iterator[Callable[[str], psycopg.Connection]]:
    """`login("web" | "owner" | "public" | "superuser")`: a session of its own in the database of the test."""
    opened: list[psycopg.Connection] = []

    def log_in(role: str) -> psycopg.Connection:
        name = str(connections["default"].settings_dict["NAME"])
        session = databases.superuser(name) if role == "superuser" else databases.login(role, name)
        opened.append(session)
        return session

    yield log_in
    for session in opened:
        session.close()


@pytest.fixture
def officer_login(committed_db: str) -> Callable[[], AbstractContextManager[psycopg.Connection]]:
    """`with officer_login() as session:` an officer's own database login; `session.info.user` is its name."""
    return lambda: databases.officer(committed_db)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data. Without it the gate fails, for it would prove less; elsewhere the test is skipped."""
    if not SHARED_DATA.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail("The real data are missing beside the checkout, and CI=true forbids going on without them.")
        pytest.skip("The real data are not beside this checkout.")
    return SHARED_DATA
