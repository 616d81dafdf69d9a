"""The root of the real server: what it answers itself, and what it hands on to Django unharmed."""

import http.client
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import quote, urlencode, urlsplit

import pytest
from pytest_django import DjangoDbBlocker

from tests import databases
from tests.servers import served

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
TOKEN = "a" * 32


@pytest.fixture(scope="module")
def address(template_database: str, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    with (
        databases.used(template_database, django_db_blocker, label="door") as name,
        served(name, BODY_SECONDS="15") as found,
    ):
        yield found


def raw(address: str, request: bytes) -> bytes:
    """The first bytes of the answer to bytes that no client library would send."""
    host = urlsplit(address)
    with socket.create_connection((host.hostname, host.port), timeout=30) as connection:
        connection.sendall(request)
        return connection.recv(4096)


def posted(address: str, path: str, **form: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
    body = urlencode({"csrfmiddlewaretoken": TOKEN} | form)
    connection.request("POST", path, body, FORM | {"Cookie": f"csrftoken={TOKEN}"})
    return connection.getresponse()


def test_the_door(address: str):
    signed = posted(address, "/admin/login/", username="nobody", password="ا" * 300_000)
    assert signed.status == 200, "a form's body arrives, in many parts"
    assert "nobody" in signed.read().decode()

    letters = raw(address, "GET /ar/search?q=شارع HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
    assert letters.startswith(b"HTTP/1.1 200"), "letters that are not written as numbers are letters"

    length = b"POST /ar/report/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999999999\r\n\r\n"
    refused = raw(address, length).decode()
    assert refused.startswith("HTTP/1.1 413")
    assert "x-content-type-options: nosniff" in refused
    parts = b"POST /ar/report/ HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\ntext=\r\n"
    refused = raw(address, parts).decode()
    assert refused.startswith("HTTP/1.1 411"), "a body without a length has no bound"
    assert "Content-Length" in refused
    assert posted(address, f"/ar/search?q={quote('شارع')}").status == 405


def test_who_sends_slowly_keeps_nobody_waiting(address: str):
    """As many as there are threads and more, each with a form that never ends."""
    begun = (
        f"POST /ar/report/ HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: csrftoken={TOKEN}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100000\r\n\r\ntext="
    ).encode()
    with ExitStack() as stack:
        host = urlsplit(address)
        slow = [
            stack.enter_context(socket.create_connection((host.hostname, host.port), timeout=30)) for _ in range(12)
        ]
        for connection in slow:
            connection.sendall(begun)
        time.sleep(1)
        asked = time.monotonic()
        answer = raw(address, b"GET /en/report/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 200")
        assert time.monotonic() - asked < 10
        assert slow[0].recv(4096).startswith(b"HTTP/1.1 408")
