"""Following a server that tells no changes: whole rounds, and everything that it may do wrong."""

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections
from django.utils.translation import override

from apps.federation import fetching, services
from apps.federation.fetching import Server
from apps.federation.mirror import Mirror
from apps.federation.remote import NoCollection
from gis.refusals import Refusal

from .fake import Fake, running, said, zipped

POINT = {"type": "Point", "coordinates": [58.123456789, 23.5]}
pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def fake() -> Iterator[Fake]:
    with running() as found:
        yield found


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def follow(fake: Fake, pauses: list[float]) -> Any:
    def run(**given: Any) -> services.Count:
        server = Server(fake.base, pause=pauses.append, key=given.pop("key", ""))
        about = {"address": f"{fake.base}/c", "server": server, "using": "owner", "say": lambda table, count: None}
        return services.following(**about | given).run()

    return run


def rows(columns: str = "id", table: str = "c") -> list[tuple[Any, ...]]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(f'SELECT {columns} FROM mirror."{table}" ORDER BY id')
        return list(cursor.fetchall())


def refusal(follow: Any, **given: Any) -> str:
    with pytest.raises(Refusal) as refused:
        follow(**given)
    sentences = set()
    for language in ("ar", "en"):
        with override(language):
            sentences.add(str(refused.value))
    assert len(sentences) == 2
    return refused.value.code


def test_a_round_ends_equal_and_a_second_one_takes_out_what_is_gone(fake: Fake, follow: Any):
    for number in range(7):
        fake.put(f"f{number}", POINT, name=f"n{number}", area=number + 0.25)
    follow()
    assert rows("id, name, area, ST_AsText(geom, 9)") == [
        (f"f{n}", f"n{n}", Decimal(f"{n}.25"), "POINT(58.123456789 23.5)") for n in range(7)
    ]
    del fake.features["f3"]
    fake.put("f1", None, name="changed", area=1)
    fake.put("new", POINT, name="new")
    assert follow().deleted == 1
    assert [row[0] for row in rows()] == ["f0", "f1", "f2", "f4", "f5", "f6", "new"]
    assert rows("name, area, geom")[1] == ("changed", Decimal(1), None)


def test_ids_of_every_kind(fake: Fake, follow: Any):
    for key in ("a b", "a/b", "a?b&c=d#e", "قطعة ١", "%2F", "'; DROP TABLE mirror.c; --", 7, 10**20, "x" * 900):
        fake.put(key, POINT)
    follow()
    assert {row[0] for row in rows()} == {str(key) for key in fake.features}
    fake.rules["/c/items"] = lambda query: said({"features": [fake.features[7], fake.features[7]], "links": []})
    assert follow().deleted == 8
    assert rows() == [("7",)]


@pytest.mark.parametrize("bad", [None, True, {}, [], "", "x" * 1001, "a\x00b", "\ud800"])
def test_what_is_no_id_is_refused_and_nothing_is_lost(fake: Fake, follow: Any, bad: Any):
    fake.put("good", POINT)
    follow()
    fake.rules["/c/items"] = lambda query: said({"features": [{"id": bad, "properties": {}}], "links": []})
    assert refusal(follow) == "no_identifier"
    assert rows() == [("good",)]


def test_properties_come_and_change_their_types(fake: Fake, follow: Any):
    fake.put("a", POINT, n=1, id="own", geom="own", **{"اسم": "ا\x00ب", "a b": True, 'x"y': {"k": [1]}})
    fake.put("b", POINT, n=2.5, _round=3, z=None)
    fake.put("c", POINT, n="three", late=date(2026, 1, 2).isoformat())
    fake.put("d", None, n=10**30, **{"n" * 80: 1, "n" * 79 + "m": 2})
    fake.put("e", POINT, n={"deep": 1}, **{"a b": "no boolean"})
    follow()
    assert rows("id, n") == [("a", "1"), ("b", "2.5"), ("c", "three"), ("d", str(10**30)), ("e", '{"deep": 1}')]
    assert rows('id_, geom_, "اسم", "a b", "x""y"::text')[0] == ("own", "own", "ا\ufffdب", "true", '{"k": [1]}')
    assert rows(f'"{"n" * 55}", "{"n" * 55}_2"')[3] in [(1, 2), (2, 1)]


def test_types_are_those_of_the_schema(fake: Fake, follow: Any):
    fake.properties = {
        "day": {"type": "string", "format": "date"}, "at": {"type": ["null", "string"], "format": "date-time"},
        "n": {"type": "integer"}, "x": {"type": "number"}, "t": {"type": "string"}, "o": {"type": "object"},
        "geom": {"format": "geometry-any"}, "never": {"type": "boolean"},
    }  # fmt: skip
    fake.put("a", POINT, day="2026-01-31", at="2026-01-31T12:00:00Z", n=1, x=2, t="7", o={"a": 1})
    follow()
    assert rows(
        "pg_typeof(day)::text, pg_typeof(at)::text, pg_typeof(n)::text, pg_typeof(x)::text, pg_typeof(never)::text"
    ) == [("date", "timestamp with time zone", "bigint", "numeric", "boolean")]
    fake.put("b", POINT, day="yesterday", at="2026-01-31T12:00:00", n="7", never="yes")
    follow()
    assert rows("day, n, never")[1] == ("yesterday", "7", "yes")
    assert rows("day")[0] == ("2026-01-31",)


def test_a_geometry_that_is_none_is_told_with_its_feature(fake: Fake, follow: Any):
    fake.put("good", POINT)
    follow()
    fake.put("bad", {"type": "Blob", "coordinates": "x"})
    assert refusal(follow) == "no_geometry"
    assert rows() == [("good",)]


def endless(query: dict[str, str]) -> Any:
    """Always the first page, whatever is asked, and a link that looks new."""
    number = int(query.get("offset", 0))
    features = [{"id": f"f{n}", "properties": {}, "geometry": None} for n in range(2)]
    return said({"features": features, "links": [{"rel": "next", "href": f"/c/items?offset={number + 2}"}]})


def to_itself(query: dict[str, str]) -> Any:
    number = int(query.get("offset", 0))
    links = [{"rel": "next", "href": f"/c/items?offset={(number + 1) % 3}"}]
    return said({"features": [{"id": f"f{number}-{len(links)}", "properties": {}}], "links": links})


def for_ever_empty(query: dict[str, str]) -> Any:
    return said(
        {"features": [], "links": [{"rel": "next", "href": f"/c/items?offset={int(query.get('offset', 0)) + 1}"}]}
    )


@pytest.mark.parametrize("rule", [endless, to_itself, for_ever_empty])
def test_links_that_lead_nowhere_end_and_delete_nothing(fake: Fake, follow: Any, rule: Any):
    fake.put("kept", POINT)
    follow()
    fake.rules["/c/items"] = rule
    assert refusal(follow) == "goes_round"
    assert ("kept",) in rows()
    del fake.rules["/c/items"]
    follow()
    assert rows() == [("kept",)]


def test_patience_and_its_end(fake: Fake, follow: Any, pauses: list[float]):
    fake.put("a", POINT)
    answers = [said({}, 503, Retry_After="7"), said({}, 429, Retry_After="99999"), said({}, 500), (200, {}, b"")]
    fake.rules["/c/items"] = lambda query: answers.pop(0) if len(answers) > 1 else None
    follow()
    assert pauses == [7.0, fetching.LONGEST_PAUSE, 4.0]
    assert rows() == [("a",)]
    fake.rules["/c"] = lambda query: said({}, 503, Retry_After="Mon, 01 Jan 2001 00:00:00 GMT")
    assert refusal(follow) == "unreachable"
    assert pauses[3:] == [0.0] * (fetching.ATTEMPTS - 1)


def test_no_other_host(fake: Fake, follow: Any):
    """Neither by redirect nor by link, and the key is told to nobody."""
    for place in (fake.base.replace("127.0.0.1", "localhost"), "http://127.0.0.1:1", "file:///etc/passwd", "//x.test"):
        fake.rules["/c"] = lambda query, place=place: (302, {"Location": f"{place}/c"}, b"")
        assert refusal(follow, key="secret") in ("other_host", "no_address")
    del fake.rules["/c"]
    link = {"rel": "next", "href": "http://elsewhere.test/c/items"}
    fake.rules["/c/items"] = lambda query: said({"features": [], "links": [link]})
    assert refusal(follow) == "other_host"
    fake.rules = {"/old": lambda query: (301, {"Location": "/c"}, b"")}
    fake.put("a", POINT)
    follow(address=f"{fake.base}/old", into="c2")
    assert rows(table="c2") == [("a",)]


def test_bounds_and_nonsense(fake: Fake, follow: Any, monkeypatch: pytest.MonkeyPatch):
    fake.put("a", POINT)
    follow()
    monkeypatch.setattr(fetching, "MOST_BYTES", 10_000)
    bomb = {"features": [], "padding": "x" * 1_000_000}
    deep = b"[" * 200_000
    for code, answer in (
        ("too_large", zipped(bomb)),
        ("unreadable", (200, {}, b"<html>")),
        ("unreadable", (200, {}, deep[:9000])),
        ("unreadable", (200, {}, b'{"features": [{"id": NaN}]}')),
        ("unreadable", (200, {}, b'{"features": [], "n": ' + b"9" * 5000 + b"}")),
        ("unreadable", said([])),
        ("not_features", said({"features": "x"})),
        ("not_features", said({"features": [1]})),
        ("not_features", said({})),
    ):
        fake.rules["/c/items"] = lambda query, answer=answer: answer
        assert refusal(follow) == code
    fake.rules["/c/items"] = lambda query: said({"detail": "not for\nyou"}, 403)
    assert refusal(follow) == "declined"
    assert rows() == [("a",)]
    fake.rules["/c/items"] = lambda query: zipped({"features": list(fake.features.values())})
    follow()
    assert rows() == [("a",)]


def test_a_walk_goes_on_where_it_was(fake: Fake, follow: Any):
    for number in range(9):
        fake.put(f"f{number}", POINT)
    fake.rules["/c/items"] = lambda query: said({"detail": "no"}, 418) if query.get("offset") == "4" else None
    assert refusal(follow) == "declined"
    assert len(rows()) == 4
    fake.rules.clear()
    fake.asked.clear()
    follow()
    assert len(rows()) == 9
    assert next(path for path in fake.asked if path.startswith("/c/items")) == "/c/items?offset=4"
    fake.rules["/c/items"] = lambda query: said({"detail": "no"}, 418) if query.get("offset") == "6" else None
    assert refusal(follow) == "declined"
    del fake.rules["/c/items"]
    fake.features = {"only": {"id": "only", "geometry": None, "properties": {}}}
    fake.rules["/c/items"] = lambda query: said({"detail": "link ran out"}, 404) if query.get("offset") == "6" else None
    follow()
    assert rows() == [("only",)], "a link that is not good any more begins a new round"


def test_who_mirrors_what_where_is_kept_apart(fake: Fake, follow: Any):
    fake.put("a", POINT)
    follow()
    assert refusal(follow, bbox="1,2,3,4") == "other_source"
    follow(bbox="1,2,3,4", into="boxed")
    assert any("bbox=1%2C2%2C3%2C4" in path for path in fake.asked)
    for name in ("source", "A", "a-b", "1a", "x" * 51, 'a";--', "قطع"):
        assert refusal(follow, into=name) == "no_table"
    for address in ("ftp://x.test", "x", "http://", "http://a:b@127.0.0.1/", "http://127.0.0.1:x/"):
        with pytest.raises(fetching.NoAddress):
            Server(address)
    fake.rules["/"] = lambda query: said({"links": [], "title": "landing"})
    fake.rules["/collections"] = lambda query: said({"collections": [{"id": "c"}, {"id": "d"}]})
    with pytest.raises(NoCollection) as refused:
        follow(address=fake.base)
    assert "c, d" in str(refused.value)
    with Mirror("c", "owner").alone():
        other = connections.create_connection("owner")
        try:
            with other.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_lock(hashtextextended('mirror ' || %s, 0))", ["c"])
                assert cursor.fetchone() == (False,)
        finally:
            other.close()


def changes(fake: Fake, log: list[dict[str, Any]], restarts: list[int]) -> None:
    """The fake tells its changes, in pages of two; tokens are `<log number>.<place>`."""

    def page(query: dict[str, str]) -> Any:
        number = len(restarts)
        if "since" not in query:
            return said({"token": f"{number}.{len(log)}", "changes": [], "more": False})
        mine, _dot, place = query["since"].partition(".")
        if int(mine) != number:
            return said({"code": "log_restarted", "detail": "anew"}, 410)
        found = log[int(place) : int(place) + 2]
        after = int(place) + len(found)
        return said({"token": f"{number}.{after}", "changes": found, "more": after < len(log)})

    fake.tells_changes = True
    fake.rules["/changes"] = fake.rules["/c/changes"] = page


def change(fake: Fake, key: Any, op: str) -> dict[str, Any]:
    told = {"op": op, "id": key, "at": "2026-01-01T00:00:00Z"}
    return told if op == "delete" else told | {"feature": json.loads(json.dumps(fake.features[key]))}


def test_a_log_is_followed_and_a_new_one_swaps_without_emptiness(fake: Fake, follow: Any):
    log: list[dict[str, Any]] = []
    restarts: list[int] = []
    changes(fake, log, restarts)
    for number in range(5):
        fake.put(f"f{number}", POINT, v=1)
    follow()
    fake.put("f1", None, v=2)
    log += [change(fake, "f1", "update"), change(fake, "f1", "update"), change(fake, "f4", "delete")]
    del fake.features["f4"]
    fake.asked.clear()
    assert follow().deleted == 1
    assert not [path for path in fake.asked if path.startswith("/c/items")], "not read whole again"
    assert rows("id, v") == [("f0", 1), ("f1", 2), ("f2", 1), ("f3", 1)]

    restarts.append(1)
    del fake.features["f0"]
    seen: list[int] = []
    fake.rules["/c/items"] = lambda query: seen.append(len(rows()))
    follow()
    assert min(seen) == 4, "while it is read anew, the mirror has what it had"
    assert rows() == [("f1",), ("f2",), ("f3",)]


@pytest.mark.parametrize(
    "told",
    [
        {}, {"token": "1.0"}, {"token": 7, "changes": []}, {"token": "x", "changes": [{"op": "put", "id": "a"}]},
        {"token": "x", "changes": [{"op": "insert", "id": "a"}]}, {"token": "0.0", "changes": [], "more": True},
        {"token": "x", "changes": ["a"]}, {"token": "x", "changes": [{"op": "delete", "id": None}]},
    ],
)  # fmt: skip
def test_a_log_that_is_none_is_refused(fake: Fake, follow: Any, told: dict[str, Any]):
    changes(fake, [], [])
    fake.put("a", POINT)
    follow()
    usual = fake.rules["/c/changes"]
    fake.rules["/changes"] = fake.rules["/c/changes"] = lambda query: said(told) if "since" in query else usual(query)
    assert refusal(follow) in ("not_changes", "no_identifier")
    assert rows() == [("a",)]


def test_a_log_that_restarts_for_ever_ends(fake: Fake, follow: Any):
    changes(fake, [], [])
    usual = fake.rules["/c/changes"]
    fake.rules["/changes"] = fake.rules["/c/changes"] = lambda query: (
        said({}, 410) if "since" in query else usual(query)
    )
    assert refusal(follow) == "gone"
