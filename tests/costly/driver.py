"""Sends the costly requests with normal users beside them, and watches what the database and the server go through."""

import http.client
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from urllib.parse import urlsplit

from tests import databases

from .requests import Costly

PATIENCE_S = 120
LOOK_S = 0.5
USERS = 10
PAUSE_S = 0.2  # a person looks before the next click
ATTACKERS = 4
LONGEST_QUERY_S = 10


@dataclass
class Outcome:
    """One answer: 0 is a connection that broke without one."""

    name: str
    status: int
    seconds: float
    body: bytes = b""


@dataclass
class Run:
    """What a run left: `longest_query` in seconds; `crashed` names what was not the same process at its end."""

    costly: list[Outcome] = field(default_factory=list)
    normal: list[Outcome] = field(default_factory=list)
    longest_query: float = 0.0
    crashed: list[str] = field(default_factory=list)

    def wrong(self, requests: list[Costly]) -> list[str]:
        """Answers that no costly request may have, and those that name no reason."""
        allowed = {one.name: one.statuses for one in requests}
        told = [one for one in self.costly if one.status not in allowed[one.name]]
        dumb = [one for one in self.costly if one.status in (400, 413, 422, 503) and not one.body.strip()]
        broken = [one for one in self.normal if one.status != 200]
        return [f"{one.name}: {one.status} {one.body[:120]!r}" for one in (*told, *dumb, *broken)]

    def p95(self) -> float:
        """Of the normal users' answers, in seconds."""
        times = sorted(one.seconds for one in self.normal)
        return times[int(len(times) * 0.95)]


def drive(base: str, database: str, costly: list[Costly], normal: list[str], cookie: str, users: int = USERS) -> Run:
    """All costly requests, ATTACKERS at once; meanwhile each user asks for the normal addresses one after another."""
    run, over = Run(), threading.Event()
    with _watched(run, database), ThreadPoolExecutor(users + ATTACKERS) as pool:
        people = [pool.submit(_use, base, normal, number, over, run.normal) for number in range(users)]
        with ThreadPoolExecutor(ATTACKERS) as attackers:
            sent = [attackers.submit(_send, base, one, cookie) for one in costly]
            run.costly = [one.result() for one in sent]
        over.set()
        for person in people:
            person.result()
    return run


def _use(base: str, addresses: list[str], begin: int, over: threading.Event, told: list[Outcome]) -> None:
    for address in cycle(addresses[begin % len(addresses) :] + addresses[: begin % len(addresses)]):
        told.append(_ask(base, Costly(address, address), {}))
        if over.wait(PAUSE_S):
            return


def _send(base: str, one: Costly, cookie: str) -> Outcome:
    headers = dict(one.headers)
    if one.officer:
        headers["Cookie"] = f"{headers.get('Cookie', 'x=y')}; {cookie}"
    return _ask(base, one, headers)


def _ask(base: str, one: Costly, headers: dict[str, str]) -> Outcome:
    """An answer may come before the body is sent: a server need not read what it refuses."""
    begun = time.monotonic()
    connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=PATIENCE_S)
    try:
        try:
            connection.request(one.method, one.path, one.body or None, headers)
        except (BrokenPipeError, ConnectionResetError):
            connection._HTTPConnection__state = "Request-sent"  # type: ignore[attr-defined]
        response = connection.getresponse()
        return Outcome(one.name, response.status, time.monotonic() - begun, response.read()[:2000])
    except (OSError, http.client.HTTPException) as error:
        return Outcome(one.name, 0, time.monotonic() - begun, repr(error).encode())
    finally:
        connection.close()


@contextmanager
def _watched(run: Run, database: str) -> Iterator[None]:
    before, over = _processes(database), threading.Event()
    watch = threading.Thread(target=_look, args=(run, database, over.wait))
    watch.start()
    try:
        yield
    finally:
        over.set()
        watch.join()
    after = _processes(database)
    run.crashed = [name for name in before if before[name] != after[name]]


def _look(run: Run, database: str, wait: Callable[[float], bool]) -> None:
    oldest = (
        "SELECT coalesce(max(extract(epoch FROM clock_timestamp() - query_start)), 0) FROM pg_stat_activity"
        " WHERE datname = %s AND state = 'active' AND pid <> pg_backend_pid()"
    )
    with databases.superuser() as root:
        while not wait(LOOK_S):
            row = root.execute(oldest, [database]).fetchone()
            run.longest_query = max(run.longest_query, float(row[0]) if row else 0.0)


def _processes(database: str) -> dict[str, object]:
    """A backend that crashes takes the checkpointer with it; a server's worker that crashes is replaced."""
    with databases.superuser(database) as root:
        alive = "SELECT pid, backend_start FROM pg_stat_activity WHERE backend_type = 'checkpointer'"
        return {"database": root.execute(alive).fetchone(), "server": _workers()}


def _workers() -> set[int]:
    """The server's workers: processes below those that this one began."""
    parents = {int(path.name): _parent(path) for path in Path("/proc").glob("[0-9]*")}
    mine = {pid for pid, parent in parents.items() if parent == os.getpid() and "granian" in _command(pid)}
    return {pid for pid, parent in parents.items() if parent in mine}


def _parent(path: Path) -> int:
    try:
        return int((path / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""
