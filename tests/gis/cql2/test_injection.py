"""Whatever a caller writes, the statement is the same: 10,000 hostile texts, none of which becomes SQL (T3)."""

import json
import random
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connections

from gis.cql2 import BadFilter, Kind, condition, read
from gis.features import UnknownField
from tests import databases
from tests.gis.cql2.ogc import scope

HOSTILE = 10_000
KINDS: dict[str, Kind] = {
    "name": "text",
    "n": "integer",
    "d": "date",
    "s": "datetime",
    "geom": "geometry",
    "tags": "texts",
}
PIECES = (
    "'", "''", '"', "\\", "\\'", "';", "--", "/*", "*/", ";", "$$", "$1", "%s", "%(v1)s", "%%", "{}", "{0}", "\n", "\r",
    " OR 1=1", "UNION SELECT passwd FROM pg_shadow", "DROP TABLE target", "pg_sleep(9)", "') OR ('1'='1", "E'\\x27'",
    "\u02bc", "\uff07", "\u2019", "\u0000", "\u202e", "\ud83d\ude00", "شارع", "NULL", "now()", "::text", "\\u0027", "%",
    "_", "COPY target TO PROGRAM 'id'", "0x27", "'||'", "target\".\"name", "lo_import('/etc/passwd')", "}", "{",
    "(", ")", ",",
)  # fmt: skip
NAME = {"property": "name"}
TEMPLATES: dict[str, Any] = {
    "equal": lambda x: {"op": "=", "args": [NAME, x]},
    "in": lambda x: {"op": "in", "args": [NAME, [x, "b"]]},
    "between": lambda x: {"op": "between", "args": [NAME, x, "z"]},
    "like": lambda x: {"op": "like", "args": [NAME, x]},
    "casei": lambda x: {"op": "=", "args": [{"op": "casei", "args": [NAME]}, {"op": "casei", "args": [x]}]},
    "accenti": lambda x: {"op": "like", "args": [{"op": "accenti", "args": [NAME]}, {"op": "accenti", "args": [x]}]},
    "function": lambda x: {"op": "=", "args": [{"op": "upper", "args": [x]}, NAME]},
    "list": lambda x: {"op": "a_contains", "args": [{"property": "tags"}, [x]]},
    "two": lambda x: {"op": "<", "args": [x, x]},
    "name": lambda x: {"op": "=", "args": [{"property": x}, 1]},
    "call": lambda x: {"op": x, "args": [NAME]},
    "day": lambda x: {"op": "=", "args": [{"property": "d"}, {"date": x}]},
    "moment": lambda x: {"op": "t_after", "args": [{"property": "s"}, {"interval": [x, ".."]}]},
    "shape": lambda x: {"op": "s_within", "args": [{"property": "geom"}, {"type": x, "coordinates": [1, 2]}]},
}


def hostile() -> Iterator[tuple[str, str]]:
    """Templates and texts, the same in every run."""
    chosen = random.Random(20210650)
    names = list(TEMPLATES)
    for number in range(HOSTILE):
        yield names[number % len(names)], "".join(chosen.choices(PIECES, k=chosen.randint(1, 6)))


@pytest.fixture
def session(django_db_setup: None) -> Iterator[psycopg.Connection]:
    """A session that writes the values into the text itself, as Django's does: the harder case."""
    name = str(connections["default"].settings_dict["NAME"])
    with databases.superuser(name) as connection, connection.transaction(force_rollback=True):
        connection.execute("CREATE TABLE target (name text, n int, d date, s timestamptz, geom geometry, tags text[])")
        connection.execute("INSERT INTO target VALUES ('a', 1, '2026-01-31', '2026-01-31', 'POINT(1 2)', '{a}')")
        connection.cursor_factory = psycopg.ClientCursor
        yield connection


def test_no_hostile_text_becomes_sql(session: psycopg.Connection):
    shapes: dict[str, set[str]] = {}
    answered, refused = 0, 0
    for template, text in hostile():
        asked = scope(KINDS)
        try:
            where = condition(read(json.dumps(TEMPLATES[template](text)), "cql2-json"), asked)
        except (BadFilter, UnknownField):
            refused += 1
            continue
        shapes.setdefault(template, set()).add(where.as_string(None))
        with session.transaction(force_rollback=True):
            cursor = session.execute(b"SELECT count(*) FROM target AS t WHERE " + where.as_bytes(None), asked.values)
            assert cursor.nextset() is None, "more than one command"
            assert cursor.fetchone()[0] in (0, 1)
        answered += 1
    assert answered + refused == HOSTILE
    assert answered > HOSTILE / 2
    assert {template: len(texts) for template, texts in shapes.items() if len(texts) != 1} == {}
    assert session.execute("SELECT name FROM target").fetchall() == [("a",)]


@pytest.mark.parametrize(
    ("template", "values"),
    [
        ("name = '{}'", ("a", "it''s", "1; DROP TABLE x", "")),
        ("n = {}", ("1", "-1", "1.5", "2147483648", "9007199254740992")),
        ("n + {} > 2 ^ {}", ("0", "12", "0.25")),
        ("d > DATE('{}')", ("2026-01-31", "1999-12-31")),
        ("T_DURING(s, INTERVAL('{}', '..'))", ("2026-01-31T12:00:00Z", "2026-01-31T12:00:00.5+04:00")),
        ("S_WITHIN(geom, BBOX(0, 0, {}, {}))", ("1", "0.5", "90")),
        ("S_INTERSECTS(geom, LINESTRING(0 0, 1 {}))", ("1", "0.5", "90")),
    ],
)
def test_a_statement_has_its_templates_shape_whatever_the_values(template: str, values: tuple[str, ...]):
    shapes = set()
    for value in values:
        where = condition(read(template.replace("{}", value)), scope(KINDS))
        shapes.add(where.as_string(None))
    assert len(shapes) == 1
