"""Real sockets that read nothing of their answers: threads and sessions come back, and the others are answered."""

import http.client
import socket
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from pytest_django import DjangoDbBlocker

from tests import databases
from tests.faulty_urls import PART, PARTS
from tests.servers import served

THREADS = 2
PART_S = 2.0
LONG = b"GET /fault/long HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
HELD = """SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND state = 'idle in transaction'"""


@pytest.fixture(scope="module")
def database(template_database: str, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    with databases.used(template_database, django_db_blocker, label="slow") as name:
        yield name


@pytest.fixture(scope="module")
def address(database: str) -> Iterator[str]:
    about = {"DJANGO_SETTINGS_MODULE": "tests.faulty", "SERVER_THREADS": str(THREADS), "PART_SECONDS": str(PART_S)}
    with served(database, **about) as found:
        yield found


def opened(address: str) -> socket.socket:
    """Somebody who asks, and keeps little of the answer before it is read."""
    host = urlsplit(address)
    found = socket.socket()
    found.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    found.settimeout(30)
    found.connect((host.hostname, host.port))
    found.sendall(LONG)
    return found


def held(database: str) -> int:
    with databases.superuser(database) as root:
        return int(root.execute(HELD, [database]).fetchone()[0])


def until(number: int, database: str, seconds: float) -> bool:
    ends = time.monotonic() + seconds
    while (now := held(database)) != number and time.monotonic() < ends:
        time.sleep(0.1)
    return now == number


def rest_of(reader: socket.socket) -> bytes:
    """What still comes, down to how it ends."""
    last = b""
    while True:
        try:
            part = reader.recv(2**20)
        except ConnectionResetError:
            return last
        if not part:
            return last
        last = (last + part)[-16:]


def test_whoever_reads_nothing_holds_no_thread_and_no_session(address: str, database: str):
    stalled = [opened(address) for _number in range(THREADS + 1)]
    assert until(THREADS, database, 10), "every thread is taken, and a session with it"
    began = time.monotonic()
    other = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
    other.request("GET", "/fault/400")
    assert other.getresponse().status == 400
    assert time.monotonic() - began < 6 * PART_S
    assert until(0, database, 6 * PART_S), "the transactions have ended"
    assert all(not rest_of(one).endswith(b"0\r\n\r\n") for one in stalled), "no torn answer looks whole"


def test_whoever_leaves_holds_none(address: str, database: str):
    for _number in range(THREADS):
        leaving = opened(address)
        assert leaving.recv(1000)
        leaving.close()
    assert until(0, database, 6 * PART_S)


def test_whoever_reads_slowly_gets_all(address: str):
    host = urlsplit(address)
    with socket.create_connection((host.hostname, host.port), timeout=30) as reader:
        reader.sendall(LONG)
        began, got = time.monotonic(), 0
        while got < PARTS * PART:
            got += len(reader.recv(2**20))
            if time.monotonic() - began < 3 * PART_S:
                time.sleep(0.05)
        assert reader.recv(100).endswith(b"0\r\n\r\n") or got > PARTS * PART
