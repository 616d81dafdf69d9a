"""Writers, a server and a follower that are killed at random; what must be equal afterwards."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from random import Random
from typing import Any
from uuid import UUID

import psycopg

from apps.config.environment import ROOT
from tests import databases
from tests.apps.accounts.city import Two, web_session

WRITERS = 8
NAMES = ("DATABASE_URL", "OWNER_DATABASE_URL", "PUBLIC_DATABASE_URL")
LINE = "ST_GeomFromText(%s, 4326)"
LOST = (psycopg.OperationalError, psycopg.InterfaceError, psycopg.errors.DeadlockDetected)
# Places as the feed writes them: to a tenth of a millimetre.
COLUMNS = "id::text, ST_AsGeoJSON(geom, 9), authority, code, kind, wilayat, name_ar, name_en"


class Process:
    """A program of ours that is killed without a warning and started again."""

    def __init__(self, database: str, *command: str, **environment: str) -> None:
        urls = {name: os.environ[name].rsplit("/", 1)[0] + f"/{database}" for name in NAMES}
        settings = {"DJANGO_SETTINGS_MODULE": "apps.config.settings.test", "BALADIYA_TEST_URLS": "true"}
        self.environment = os.environ | urls | settings | environment
        self.command, self.kills = [sys.executable, *command], 0
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self.command, cwd=ROOT, env=self.environment, start_new_session=True, stdout=subprocess.DEVNULL
        )

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def again(self) -> None:
        self.kill()
        self.kills += 1
        self.process = self._start()


class Writer(threading.Thread):
    """Transactions of one to four edits over the same streets, some held open for seconds, some undone.

    Its session is ended by `kill` at any moment; what it has committed stays.
    """

    def __init__(self, database: str, two: Two, known: list[UUID], seed: int, ends: float) -> None:
        super().__init__()
        self.database, self.two, self.known, self.ends = database, two, known, ends
        self.chance = Random(seed)
        self.pid = self.committed = 0
        self.start()

    def run(self) -> None:
        while time.monotonic() < self.ends:
            with suppress(*LOST), web_session(self.database, self.two.officer) as session:
                session.execute("SET lock_timeout = '1s'")
                self.pid = session.info.backend_pid
                while time.monotonic() < self.ends:
                    self._transaction(session)

    def _transaction(self, session: psycopg.Connection) -> None:
        with suppress(psycopg.errors.LockNotAvailable):
            with session.transaction(force_rollback=self.chance.random() < 0.1):
                for _ in range(self.chance.randint(1, 4)):
                    self._edit(session)
                time.sleep(self.chance.choice((0, 0, 0.01, 0.05, 0.3, 2)))
            self.committed += 1

    def _edit(self, session: psycopg.Connection) -> None:
        name, key = f"شارع {self.chance.random()}", self.chance.choice(self.known)
        x, y = 58 + self.chance.randrange(1000) / 1000, 23 + self.chance.randrange(1000) / 1000
        place = f"MULTILINESTRING(({x} {y}, {x + 0.5} {y}))"
        match self.chance.randrange(6):
            case 0 | 1:
                row = session.execute(
                    f"INSERT INTO addressing_street (authority_id, name_ar, geom) VALUES (%s, %s, {LINE}) RETURNING id",
                    [self.two.here.id, name, place],
                ).fetchone()
                self.known.append(row[0])  # type: ignore[index]
            case 2:
                session.execute("DELETE FROM addressing_street WHERE id = %s", [key])
            case _:
                session.execute(
                    f"UPDATE addressing_street SET name_ar = %s, geom = {LINE} WHERE id = %s", [name, place, key]
                )


@contextmanager
def serving(database: str) -> Iterator[tuple[str, Process]]:
    """The real server at an address that stays when it is killed and started again."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    server = Process(database, "-m", "apps.config.server", PORT=port)
    try:
        address = f"http://127.0.0.1:{port}"
        answers(address)
        yield address, server
    finally:
        server.kill()


def answers(address: str, patience_s: float = 90) -> None:
    ends = time.monotonic() + patience_s
    while time.monotonic() < ends:
        with suppress(OSError):
            urllib.request.urlopen(f"{address}/healthz", timeout=5).close()
            return
        time.sleep(0.2)
    raise TimeoutError(address)


def rage(database: str, two: Two, address: str, server: Process, seconds: float, seed: int) -> dict[str, int]:
    """Write, serve, follow and kill for so long; tells how much of each there was."""
    chance, ends = Random(seed), time.monotonic() + seconds
    known: list[UUID] = []
    with web_session(database, two.officer) as session:
        for _ in range(20):
            row = session.execute(
                f"INSERT INTO addressing_street (authority_id, name_ar, geom) VALUES (%s, 'x', {LINE}) RETURNING id",
                [two.here.id, "MULTILINESTRING((58 23, 58.5 23))"],
            ).fetchone()
            known.append(row[0])  # type: ignore[index]
    follower = Process(database, "manage.py", "follow", f"{address}/ogc", "--collection", "streets", "--every", "0.2")
    writers = [Writer(database, two, known, chance.randrange(10**9), ends) for _ in range(WRITERS)]
    killed = 0
    with databases.superuser(database) as root:
        while time.monotonic() < ends:
            time.sleep(chance.random() * 3)
            match chance.randrange(8):
                case 0:
                    server.again()
                case 1 | 2 | 3:
                    time.sleep(chance.random() * 6)  # it takes seconds to load
                    follower.again()
                case _:
                    root.execute("SELECT pg_terminate_backend(%s)", [chance.choice(writers).pid])
                    killed += 1
    for writer in writers:
        writer.join()
    follower.kill()
    return {
        "committed": sum(writer.committed for writer in writers), "writers killed": killed,
        "server killed": server.kills, "follower killed": follower.kills,
    }  # fmt: skip


def rows(database: str, table: str) -> list[tuple[Any, ...]]:
    with databases.superuser(database) as root:
        return root.execute(f"SELECT {COLUMNS} FROM {table} ORDER BY id").fetchall()
