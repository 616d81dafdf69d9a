"""Databases of the tests: one template made by provision and migrate, and a clone for whoever asks.

The template is kept between runs under a hash of what makes it, so the loop is fast; clones carry the id of the
process that made them and those of dead processes are dropped.
"""

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import psycopg
from django.db import connections
from psycopg.sql import SQL, Identifier, Literal
from pytest_django import DjangoDbBlocker

from apps.config.environment import LOCAL, ROOT, databases, read
from apps.config.provisioning import Item, Names, apply, items_in_database

MADE_FROM = ("*/migrations/*.py", "*/sql/*.sql", "*/models*", "*/layers*", "*/provisioning/*", "*/db/*.py", "*/seeds*")
ALSO = ("access.py", "history.py", "tenancy.py", "migrate.py", "systems.py", "coordinate_systems.yaml")
BUILDING = 0x62616C61  # advisory lock: one process makes the template, the others wait
TEMPLATES = "baladiya_template_"
TEMPLATES_KEPT = 4
CLONES = "baladiya_test_"
not_copied: dict[str, list[Item]] = {}  # by the database that was copied


def start() -> None:
    """Start the test cluster when it is not running, and read its logins."""
    subprocess.run([ROOT / "bin" / "cluster", "start", "--test"], check=True, capture_output=True)
    read(LOCAL / "test.env", overwrite=True)
    read(LOCAL / "provision-test.env", overwrite=True)


def superuser(database: str = "postgres") -> psycopg.Connection:
    """A superuser's session: for making and breaking, never for asserting who may see what."""
    return psycopg.connect(_address(os.environ["PROVISION_DATABASE_URL"], database), autocommit=True)


def login(role: str, database: str) -> psycopg.Connection:
    """A session of the web, owner or public login, as its own password proves."""
    names = {"web": "DATABASE_URL", "owner": "OWNER_DATABASE_URL", "public": "PUBLIC_DATABASE_URL"}
    return psycopg.connect(_address(os.environ[names[role]], database), autocommit=True)


def template() -> str:
    """The name of the template for the code as it is now; made when there is none."""
    name = TEMPLATES + _fingerprint()
    with superuser() as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [BUILDING])
        found = connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone()
        if found is None or _from_nothing(connection, name):
            _drop_older_templates(connection)
            half_made = f"{name}_making"
            drop(connection, half_made)
            for command in ("provision", "migrate"):
                _manage(command, database=half_made)
            drop(connection, name)
            connection.execute(SQL("ALTER DATABASE {} RENAME TO {}").format(Identifier(half_made), Identifier(name)))
            run = os.environ.get("PYTEST_XDIST_TESTRUNUID", "alone")
            connection.execute(SQL("COMMENT ON DATABASE {} IS {}").format(Identifier(name), Literal(run)))
    return name


def _from_nothing(connection: psycopg.Connection, name: str) -> bool:
    """The gate proves the migrations anew: the first of its processes drops what an earlier run has left."""
    if os.environ.get("BALADIYA_FRESH_TEMPLATE") != "true":
        return False
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", "alone")
    comment = connection.execute(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
    ).fetchone()
    return comment != (run,)


def clone(source: str, *, label: str) -> str:
    """A copy of `source`. Rights on the database itself are not copied by PostgreSQL, so they are given again.

    The first copy tells which; asking for every other right anew took a fifth of a second of each. Whole files are
    copied: through the log, as is usual, took twice as long, measured.
    """
    name = f"{CLONES}{os.getpid()}_{label}"
    names = Names("baladiya")
    with superuser() as connection:
        drop(connection, name)
        copy = SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY file_copy")
        connection.execute(copy.format(Identifier(name), Identifier(names.owner), Identifier(source)))
    with superuser(name) as connection:
        not_copied.setdefault(source, apply(connection, not_copied.get(source) or items_in_database(names)))
    return name


@contextmanager
def used(source: str, blocker: DjangoDbBlocker, *, label: str) -> Iterator[str]:
    """A copy of `source` to which Django points until the block ends; gives its name. What is written is committed."""
    with blocker.unblock():
        name = clone(source, label=label)
        try:
            with pointed_at(name):
                yield name
        finally:
            with superuser() as connection:
                drop(connection, name)


@contextmanager
def pointed_at(name: str) -> Iterator[None]:
    """Django's aliases use this database until the block ends, and then again the one that they used before."""
    before = str(connections["default"].settings_dict["NAME"])
    point_django_at(name)
    try:
        yield
    finally:
        connections.close_all()
        point_django_at(before)


def wait_for_horizon(patience_s: float = 300) -> None:
    """Wait until no transaction that is open now, in any database of the cluster, is open any more.

    The snapshot horizon is one for the whole cluster: another test process may hold it back.
    """
    with superuser() as connection:
        until = time.monotonic() + patience_s
        (mine,) = connection.execute("SELECT pg_current_xact_id()").fetchone()  # type: ignore[misc]
        passed = "SELECT pg_snapshot_xmin(pg_current_snapshot()) > %s::xid8"
        while connection.execute(passed, [str(mine)]).fetchone() != (True,):
            if time.monotonic() > until:
                raise TimeoutError("a transaction of another test stays open")
            time.sleep(0.05)


def empty(*, label: str) -> str:
    """A database that is provisioned, and no more."""
    return clone("template0", label=label)


def drop(connection: psycopg.Connection, name: str) -> None:
    connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))


def drop_orphans() -> None:
    """Drop the clones of processes that are no more."""
    with superuser() as connection:
        found = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [CLONES])
        for (name,) in found.fetchall():
            if not Path("/proc", name.removeprefix(CLONES).split("_")[0]).exists():
                drop(connection, name)


def point_django_at(name: str) -> None:
    """Let every alias of Django use this database, each with its own login."""
    for alias, settings in databases().items():
        connections[alias].close()
        for key in ("HOST", "PORT", "USER", "PASSWORD"):
            connections[alias].settings_dict[key] = settings[key]
        connections[alias].settings_dict["NAME"] = name


@contextmanager
def officer(database: str) -> Iterator[psycopg.Connection]:
    """A session of an officer's own login: a role made for it, in the group of the desk, dropped afterwards."""
    role, password = f"officer_{uuid4().hex[:12]}", uuid4().hex
    with superuser(database) as root:
        root.execute(
            SQL("CREATE ROLE {} LOGIN PASSWORD {} IN ROLE {}").format(
                Identifier(role), Literal(password), Identifier(Names("baladiya").desk)
            )
        )
    address = psycopg.conninfo.make_conninfo(
        _address(os.environ["DATABASE_URL"], database), user=role, password=password
    )
    try:
        with psycopg.connect(address, autocommit=True) as connection:
            yield connection
    finally:
        with superuser(database) as root, suppress(psycopg.errors.UndefinedObject):
            root.execute(SQL("DROP OWNED BY {}").format(Identifier(role)))
            root.execute(SQL("DROP ROLE {}").format(Identifier(role)))


def _drop_older_templates(connection: psycopg.Connection) -> None:
    """Keep the newest few: another process may be about to copy one."""
    found = connection.execute(
        "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY oid DESC OFFSET %s",
        [TEMPLATES, TEMPLATES_KEPT],
    )
    for (name,) in found.fetchall():
        drop(connection, name)


def _address(url: str, database: str) -> str:
    return psycopg.conninfo.make_conninfo(url.replace("postgis:", "postgresql:", 1), dbname=database)


def _manage(command: str, *, database: str) -> None:
    """Run a management command in a process of its own, against this database."""
    names = ("DATABASE_URL", "OWNER_DATABASE_URL", "PUBLIC_DATABASE_URL")
    urls = {name: os.environ[name].rsplit("/", 1)[0] + f"/{database}" for name in names}
    settings = {"DJANGO_SETTINGS_MODULE": "apps.config.settings.test", "BALADIYA_TEST_URLS": "true"}
    result = subprocess.run(
        [sys.executable, "manage.py", command, "--verbosity", "0"],
        cwd=ROOT,
        env=os.environ | urls | settings,
        capture_output=True,
        text=True,
    )
    if result.returncode:
        raise RuntimeError(f"manage.py {command} failed:\n{result.stderr[-3000:]}")


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for package in ("gis", "ogc", "apps", "data/reference"):
        for path in sorted((ROOT / package).rglob("*")):
            wanted = path.name in ALSO or any(path.match(pattern) for pattern in MADE_FROM)
            if path.is_file() and wanted and "__pycache__" not in path.parts:
                digest.update(str(path.relative_to(ROOT)).encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
