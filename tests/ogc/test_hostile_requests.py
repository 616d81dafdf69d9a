"""Bytes that no friendly client would send, at the real server: a problem document that says what was expected."""

import http.client
import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from tests.servers import served

from .ground import Ground

ITEMS = "/ogc/collections/parcels/items"
CQL2, FORM = "application/cql2+json", "application/x-www-form-urlencoded"
HEAD_SECONDS, BODY_SECONDS = 10, 3
SLOW = 60  # callers at once; the server of the tests has eight threads
MILLION = 1_000_000


@pytest.fixture(scope="module")
def address(ground: Ground) -> Iterator[str]:
    with served(ground.database, LOG_LEVEL="ERROR", BODY_SECONDS=str(BODY_SECONDS)) as found:
        yield found


def opened(address: str) -> socket.socket:
    host = urlsplit(address)
    return socket.create_connection((host.hostname, host.port), timeout=60)


def asked(
    address: str, path: str, method: str = "GET", body: bytes = b"", host: str = "127.0.0.1", **headers: str
) -> tuple[int, str, bytes]:
    """Status, media type and body of the answer to a request that is written as it stands."""
    named = {"Host": host, "Accept-Language": "en", "Connection": "close"}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    named |= {"Content-Length": str(len(body))} if body else {}
    head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in named.items())
    with opened(address) as connection:
        with suppress(BrokenPipeError, ConnectionResetError):  # refused by its head: the rest of the body is not read
            connection.sendall(f"{head}\r\n".encode() + body)
        answer = http.client.HTTPResponse(connection, method=method)
        answer.begin()
        return answer.status, answer.headers.get_content_type(), answer.read()


def problem(answer: tuple[int, str, bytes], *statuses: int) -> dict[str, Any]:
    """The problem, in both languages."""
    status, kind, body = answer
    assert status in statuses, (status, body[:300])
    assert kind == "application/problem+json", body[:300]
    told = dict(json.loads(body))
    assert told["status"] == status
    assert told["details"]["ar"] != told["details"]["en"]
    assert told["detail"] in told["details"].values()
    return told


@pytest.mark.parametrize(
    ("box", "found"),
    [
        ("-180,-90,180,90", 2), ("-181,-91,181,91", 2), ("50,10,-177,30", 2), ("-500,0,500,90", 2),
        ("177,-90,-177,90", 0), ("177,65,-177,70", 0), ("180,0,180,1", 0), ("-180,0,-180,1", 0), ("0,90,1,90", 0),
        ("0,-90,0,-90", 0), ("1,80,2,100", 0), ("179,0,181,90", 0),
    ],
)  # fmt: skip
def test_boxes_over_the_antimeridian_and_the_poles(address: str, box: str, found: int):
    status, _kind, body = asked(address, f"{ITEMS}?bbox={box}")
    assert (status, json.loads(body)["numberMatched"]) == (200, found)


@pytest.mark.parametrize(
    "box", ["190,0,200,90", "-200,0,-190,90", "190,0,-190,90", "0,91,1,95", "0,-95,1,-91", "1e308,0,-1e308,1",
            "500000,2600000,600000,2700000", "9e6,-1e6,-9e6,1e6"],
)  # fmt: skip
def test_a_box_beside_the_world_is_no_box_of_degrees(address: str, box: str):
    """Clipped to the world its edges would change places, and it would hold everything between its latitudes."""
    told = problem(asked(address, f"{ITEMS}?bbox={box}"), 400)
    assert (told["parameter"], told["code"]) == ("bbox", "box_outside")
    assert "order and unit" in told["detail"]


@pytest.mark.parametrize(
    "key", ["a%2Fb", "a/b", "a%20b", "شارع", quote("شارع"), "%00", "%", "%zz", "%ff", "%ed%a0%80", "x" * 5_000, "%252F",
            "..%2f..%2fetc%2fpasswd", "%0d%0aX-Injected:%20yes", "'%20OR%201=1%20--", "%EF%BB%BF", "{id}", "%3F", "*"],
)  # fmt: skip
def test_odd_ids(address: str, ground: Ground, key: str):
    problem(asked(address, f"{ITEMS}/{key}"), 404)
    problem(asked(address, f"{ITEMS}/{key}", Cookie="sessionid=nobody"), 404)
    problem(asked(address, f"{ITEMS}/{key}", "PATCH", b"{}", Content_Type="application/merge-patch+json"), 401, 405)


@pytest.mark.parametrize(
    "accept", ["garbage", ";;;", "*/*;q=NaN", "image/png", "application/json;q=-1", "شارع", "text/x;q=0.1," * 4_000, ""]
)
def test_whoever_accepts_nothing_that_there_is_gets_json(address: str, accept: str):
    for path in (f"{ITEMS}?limit=1", "/ogc/collections", "/ogc/collections/parcels/tiles"):
        status, kind, body = asked(address, path, Accept=accept)
        assert (status, kind in ("application/json", "application/geo+json")) == (200, True)
        assert json.loads(body)


TREE = b'{"op":"=","args":[{"property":"authority"},"here"]}'


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        (f"{CQL2}; charset=utf-16", TREE.decode().encode("utf-16"), 400), (f"{CQL2}; charset=utf-7", TREE, 400),
        (f"{FORM}; charset=nothing", b"limit=1", 400), (CQL2, TREE.decode().encode("utf-16"), 400),
        (CQL2, b"\xff\xfe", 400), (CQL2, "{‘op’: ‘=’}".encode("cp1256"), 400), (FORM, b"filter=%FF%FE", 400),
        (FORM, b"\xef\xbb\xbffilter=1", 400), (CQL2, b"", 400), (CQL2, b"null", 400), (CQL2, b'"\\ud800"', 400),
        (CQL2, b"[" * 10_000 + b"]" * 10_000, 400), (CQL2, b'{"op":"not","args":[' * 10_000, 400),
        (CQL2, b'{"op":"not","args":[' * 4_000 + b"true" + b"]}" * 4_000, 400),
        (FORM, b"filter=" + b"(" * 10_000 + b"1=1" + b")" * 10_000, 400),
        (FORM, b"filter=" + b"NOT%20" * 10_000 + b"1=1", 400), (FORM, b"a=1&" * 2_000, 413),
        (CQL2, b" " * 3_000_000, 413), (CQL2, b" " * 21 * 2**20, 413), (FORM, b"limit=" + b"9" * 3_000_000, 413),
        ("garbage", TREE, 401), ("/", TREE, 401), ("multipart/form-data", TREE, 401), ("application/xml", TREE, 401),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_odd_bodies_of_questions(address: str, kind: str, body: bytes, status: int):
    """Who may not write is told that, whatever he sends; what a question may be is told to everybody."""
    told = problem(asked(address, ITEMS, "POST", body, Content_Type=kind), status)
    assert told.get("parameter", "") in {400: ("filter", "\ufefffilter", ""), 413: ("",), 401: ("",)}[status]


def test_a_byte_order_mark_is_no_fault(address: str):
    for body in (TREE, b"\xef\xbb\xbf" + TREE):
        status, _kind, found = asked(address, ITEMS, "POST", body, Content_Type=CQL2)
        assert (status, json.loads(found)["numberMatched"]) == (200, 1)


def polygon_of_a_million(separator: str) -> str:
    return ",".join(f"{n % 9}{separator}{n % 7}" for n in range(MILLION))


def test_a_polygon_of_a_million_vertices(address: str):
    """As an address it ends in the server's own bounds, which need no sentence; as a body in ours, at any type."""
    wkt = f"S_INTERSECTS(geometry,POLYGON(({quote(polygon_of_a_million(' '))})))"
    for length in (len(wkt), 300_000):
        assert asked(address, f"{ITEMS}?filter={wkt[:length]}")[0] in (414, 431)
    assert problem(asked(address, f"{ITEMS}?filter={wkt[:50_000]})))"), 400)["parameter"] == "filter"
    problem(asked(address, ITEMS, "POST", f"filter={wkt}".encode(), Content_Type=FORM), 413)
    ring = f"[[{polygon_of_a_million(',').replace(',', '],[')}]]".encode()
    tree = b'{"op":"s_intersects","args":[{"property":"geometry"},{"type":"Polygon","coordinates":[%s]}]}' % ring
    problem(asked(address, ITEMS, "POST", tree, Content_Type=CQL2), 413)


@pytest.mark.parametrize(
    "words", ["(a+)+$", "(a+)+$" * 30, "a" * 199 + "!", "((((((((((.*)*)*)*)*", "^(.|.?)*$", "(?=a)*b", "[" * 100,
              "\\" * 100, "a*a*a*a*a*a*b", "&|!():*<->", "%00", "ـ" * 190, "ا" * 190, "\u0651" * 190, "," * 150],
)  # fmt: skip
def test_patterns_are_words_like_any_others(address: str, words: str):
    """Nothing of what is asked becomes a pattern: each is answered, or refused, in no time."""
    for layer in ("parcels", "streets"):
        begun = time.monotonic()
        answer = asked(address, f"/ogc/collections/{layer}/items?q={quote(words, safe='%')}")
        assert time.monotonic() - begun < 5
        if answer[0] != 200:
            assert problem(answer, 400)["parameter"] == "q"


@pytest.mark.parametrize(
    ("path", "host", "more"),
    [
        ("/ogc?" + "a=1&" * 3_000, "127.0.0.1", {}), (ITEMS, "evil.invalid", {}), (ITEMS, "", {}),
        (f"{ITEMS}?limit=1", "شارع", {}), (f"{ITEMS}?%ff=1", "127.0.0.1", {}), (f"{ITEMS}?%00=1", "127.0.0.1", {}),
        (ITEMS, "127.0.0.1", {"Accept_Datetime": "garbage"}), (ITEMS, "127.0.0.1", {"X_API_Key": "x" * 70_000}),
        (ITEMS, "127.0.0.1", {"Authorization": "Bearer شارع"}), (ITEMS, "127.0.0.1", {"X_API_Key": "شارع"}),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_what_is_wrong_beside_the_question(address: str, path: str, host: str, more: dict[str, str]):
    problem(asked(address, path, host=host, **more), 400, 401)


@pytest.mark.parametrize("method", ["TRACE", "FOO", "PROPFIND", "CONNECT"])
def test_other_methods(address: str, method: str):
    problem(asked(address, ITEMS, method), 405)


def test_a_body_without_a_length(address: str):
    head = f"POST {ITEMS} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {CQL2}\r\nTransfer-Encoding: chunked\r\n\r\n"
    with opened(address) as connection:
        connection.sendall(head.encode() + b"5\r\nhello\r\n0\r\n\r\n")
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        told = problem((answer.status, answer.headers.get_content_type(), answer.read()), 411)
    assert "Content-Length" in told["detail"]


BEGUN = {
    "nothing": "",
    "half a head": f"GET {ITEMS} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A",
    "half a body": f"POST {ITEMS} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {CQL2}\r\nContent-Length: 500\r\n\r\n{{",
}


@pytest.mark.parametrize("begun", BEGUN.values(), ids=BEGUN)
def test_who_sends_a_letter_at_a_time_is_left(address: str, begun: str):
    """Each of many goes on sending; all the while others are served, and in the end the connection ends."""
    with ExitStack() as stack:
        slow = [stack.enter_context(opened(address)) for _ in range(SLOW)]
        start = time.monotonic()
        for connection in slow:
            connection.sendall(begun.encode())
        waits, ends = [], start + max(HEAD_SECONDS, BODY_SECONDS) + 20
        over: set[socket.socket] = set()
        while len(over) < SLOW and time.monotonic() < ends:
            asking = time.monotonic()
            assert asked(address, f"{ITEMS}?limit=1")[0] == 200
            assert asked(address, ITEMS, "POST", TREE, Content_Type=CQL2)[0] == 200
            waits.append(time.monotonic() - asking)
            over |= {connection for connection in slow if connection not in over and has_ended(connection, begun)}
            time.sleep(0.2)
        assert len(over) == SLOW, "somebody was still listened to"
    assert sorted(waits)[len(waits) // 2] < 2


def has_ended(connection: socket.socket, begun: str) -> bool:
    """Sends one letter more; whether the server has ended the connection or told that it took too long."""
    connection.settimeout(0.001)
    try:
        connection.sendall(b" " if begun else b"")
        told = connection.recv(4096)
    except TimeoutError:
        return False
    except OSError:
        return True
    assert not told or told.startswith(b"HTTP/1.1 408")
    return True
