"""The login of those who read the plain table: made for one run."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
from psycopg.sql import SQL, Identifier, Literal

from tests import databases

# tipg makes functions of its own in each session.
RIGHTS = (
    "GRANT CONNECT, TEMP ON DATABASE {1} TO {0}; GRANT USAGE ON SCHEMA bench TO {0}; GRANT SELECT ON bench.parcels"
    " TO {0}; GRANT USAGE ON LANGUAGE plpgsql, sql TO {0}; GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {0}"
)


@contextmanager
def made(database: str) -> Iterator[dict[str, str]]:
    """What a program must know to read the plain table: a role made for it, dropped afterwards."""
    role, password = f"bench_{uuid4().hex[:12]}", uuid4().hex
    named = Identifier(role)
    with databases.superuser(database) as root:
        root.execute(SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(named, Literal(password)))
        for setting in ("jit = off", "max_parallel_workers_per_gather = 0"):
            root.execute(SQL("ALTER ROLE {} SET {}").format(named, SQL(setting)))  # type: ignore[arg-type]
        root.execute(SQL(RIGHTS).format(named, Identifier(database)))
    known = psycopg.conninfo.conninfo_to_dict(os.environ["PUBLIC_DATABASE_URL"].replace("postgis:", "postgresql:", 1))
    try:
        yield {
            "host": str(known["host"]),
            "port": str(known["port"]),
            "dbname": database,
            "user": role,
            "password": password,
        }
    finally:
        with databases.superuser(database) as root:
            root.execute(SQL("DROP OWNED BY {0}; DROP ROLE {0}").format(named))
