"""Long polls at the real server: woken by a commit, over in time, without a thread or a connection each."""

import asyncio
import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest
from pytest_django import DjangoDbBlocker

from apps.addressing.models import Street
from gis.db.acting import acting_as
from ogc import waiting
from tests import databases
from tests.apps.accounts.city import Two, two_authorities
from tests.rows import make
from tests.servers import served

CHANGES = "/ogc/collections/streets/changes"
WAITERS = 200


@pytest.fixture(scope="module")
def place(
    template_database: str, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[tuple[str, str, Two]]:
    """The address of a server with two threads and two sessions, its database and who works there."""
    with databases.used(template_database, django_db_blocker, label="waiting") as name:
        two = two_authorities()
        with served(name, SERVER_THREADS="2") as address:
            yield address, name, two


def ask(address: str, path: str) -> tuple[int, dict[str, Any]]:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=90)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def token(address: str, collection: str = "streets") -> str:
    return str(ask(address, f"/ogc/collections/{collection}/changes")[1]["token"])


def add(two: Two) -> Any:
    with acting_as(authorities=[two.here.id], using="owner"):
        return make(Street, authority=two.here)


class Waiter(threading.Thread):
    def __init__(self, address: str, path: str) -> None:
        super().__init__()
        self.address, self.path = address, path
        self.found: dict[str, Any] = {}
        self.ended = 0.0
        self.start()

    def run(self) -> None:
        _status, self.found = ask(self.address, self.path)
        self.ended = time.monotonic()


def sessions(database: str) -> int:
    with databases.superuser() as root:
        row = root.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = %s", [database]).fetchone()
    assert row
    return int(row[0])


def test_a_commit_ends_the_waiting(place: tuple[str, str, Two]):
    address, _name, two = place
    waiter = Waiter(address, f"{CHANGES}?wait=30&since={token(address)}")
    time.sleep(1.5)
    assert waiter.is_alive()
    made = add(two)
    committed = time.monotonic()
    waiter.join(20)
    assert [change["id"] for change in waiter.found["changes"]] == [str(made.pk)]
    assert waiter.ended - committed < 5, "long before the thirty seconds are over"


def test_waiting_ends_in_time_with_an_answer(place: tuple[str, str, Two]):
    address, _name, two = place
    before = time.monotonic()
    status, found = ask(address, f"{CHANGES}?wait=2&since={token(address)}")
    assert (status, found["changes"], found["more"]) == (200, [], False)
    assert time.monotonic() - before >= 2
    made = add(two)
    assert ask(address, f"{CHANGES}?since={found['token']}")[1]["changes"][0]["id"] == str(made.pk)


def test_what_is_wrong_is_said_at_once(place: tuple[str, str, Two]):
    address, _name, _two = place
    before = time.monotonic()
    for path, status in (
        (f"{CHANGES}?wait=60&since=x", 400),
        (f"{CHANGES}?wait=600&since={token(address)}", 400),
        (f"/ogc/collections/nothing/changes?wait=60&since={token(address)}", 404),
        (f"{CHANGES}?wait=60", 200),
        (f"{CHANGES}?wait=60&since=beginning", 200),
    ):
        assert ask(address, path)[0] == status
    assert time.monotonic() - before < 30


def test_what_the_caller_may_not_see_does_not_end_the_waiting(place: tuple[str, str, Two]):
    """A change of another layer, one that is out of the box, and one that is undone."""
    address, name, two = place
    asked = f"{CHANGES}?bbox=10,10,11,11"
    begin = str(ask(address, asked)[1]["token"])
    waiter = Waiter(address, f"{asked}&wait=4&since={begin}")
    time.sleep(1)
    before = time.monotonic()
    add(two)
    with databases.login("owner", name) as session, session.transaction(force_rollback=True):
        session.execute("SELECT set_config('baladiya.authority', %s, true)", [str(two.here.id)])
        session.execute("DELETE FROM addressing_street")
    waiter.join(20)
    assert waiter.found["changes"] == []
    assert waiter.ended - before > 2


def test_many_wait_without_threads_and_sessions(place: tuple[str, str, Two]):
    """The server has two threads: others are answered while two hundred wait, and all of them are woken."""
    address, name, two = place
    since = token(address)
    waiters = [Waiter(address, f"{CHANGES}?wait=60&since={since}") for _ in range(WAITERS)]
    time.sleep(8)
    assert all(waiter.is_alive() for waiter in waiters)
    assert ask(address, "/ogc/collections/streets/items?limit=1")[0] == 200
    assert sessions(name) < 20
    made = add(two)
    for waiter in waiters:
        waiter.join(60)
    assert {change["id"] for waiter in waiters for change in waiter.found["changes"]} == {str(made.pk)}


def test_who_hangs_up_is_forgotten(place: tuple[str, str, Two]):
    """When nobody waits any more, the session that looked for them ends."""
    address, name, _two = place
    since = token(address)
    host = urlsplit(address)
    sockets = [socket.create_connection((host.hostname, host.port)) for _ in range(3)]
    for one in sockets:
        one.sendall(f"GET {CHANGES}?wait=60&since={since} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    assert eventually(lambda: lookers(name) == 1)
    for one in sockets:
        one.close()
    assert eventually(lambda: lookers(name) == 0)


def test_waiting_outlives_the_session_that_looks(place: tuple[str, str, Two]):
    address, name, two = place
    waiter = Waiter(address, f"{CHANGES}?wait=60&since={token(address)}")
    assert eventually(lambda: lookers(name) == 1)
    with databases.superuser() as root:
        root.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND query LIKE %s",
            [name, "%history_reach(name%"],
        )
    made = add(two)
    waiter.join(30)
    assert [change["id"] for change in waiter.found["changes"]] == [str(made.pk)]


def lookers(name: str) -> int:
    with databases.superuser() as root:
        row = root.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND query LIKE %s AND pid <> pg_backend_pid()",
            [name, "%history_reach(name%"],
        ).fetchone()
    assert row
    return int(row[0])


def eventually(found: Any, patience_s: float = 20) -> bool:
    ends = time.monotonic() + patience_s
    while time.monotonic() < ends:
        if found():
            return True
        time.sleep(0.2)
    return False


def test_more_than_the_bound_are_answered_at_once(monkeypatch: pytest.MonkeyPatch):
    """Nobody is kept then: what Django says goes out as it comes."""
    monkeypatch.setattr(waiting, "MOST_WAITING", 0)
    said: list[str] = []

    async def django(_scope: Any, _receive: Any, _send: Any) -> None:
        said.append("asked")

    async def never() -> Any:
        raise AssertionError("nobody is listened to")

    scope = {"method": "GET", "path": CHANGES, "query_string": b"wait=60&since=x", "headers": []}
    assert waiting.wants(scope)
    with ThreadPoolExecutor(1) as apart:  # browser tests of this process leave a loop running
        apart.submit(asyncio.run, waiting.answer(scope, never, never, django)).result()
    assert said == ["asked"]


def test_one_caller_does_not_wait_for_all_the_others(place: tuple[str, str, Two], monkeypatch: pytest.MonkeyPatch):
    """Beyond its share, a caller's question is answered at once."""
    monkeypatch.setattr(waiting, "MOST_OF_ONE", 2)
    released: list[str] = []

    async def django(scope: Any, _receive: Any, send: Any) -> None:
        headers = [(b"X-Nothing-New", scope["who"])]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    async def one(who: str) -> None:
        async def send(message: Any) -> None:
            if message["type"] == "http.response.body":
                released.append(who)

        scope = {"method": "GET", "path": CHANGES, "query_string": b"wait=2&since=x", "headers": []}
        await waiting.answer({**scope, "who": who.encode()}, asyncio.Event().wait, send, django)

    async def all_of_them() -> list[str]:
        tasks = [asyncio.ensure_future(one(who)) for who in ("a", "a", "b", "a", "a")]
        await asyncio.sleep(1.2)
        early = list(released)
        await asyncio.gather(*tasks)
        return early

    with ThreadPoolExecutor(1) as apart:
        assert apart.submit(asyncio.run, all_of_them()).result() == ["a", "a"]
    assert sorted(released) == ["a", "a", "a", "a", "b"]


@pytest.mark.parametrize("query", ["", "wait=0", "wait=x", "wait=-1", "await=9", "wait=9999"])
def test_only_who_says_how_long_waits(query: str):
    scope = {"method": "GET", "path": CHANGES, "query_string": query.encode(), "headers": []}
    assert not waiting.wants(scope)
