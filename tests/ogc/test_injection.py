"""No parameter of the feed becomes SQL (T3): of each, whatever stands in it, the statements are the same to the letter.

`tests/gis/cql2/test_injection.py` asks the filters alone, and more of them; this asks everything over HTTP.
"""

import json
import logging
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import quote, urlencode

import psycopg
import pytest
from psycopg import sql

from gis.values import Values
from tests.figures import Record
from tests.gis.cql2.test_injection import PIECES

from .ground import Ground

LONG = [pytest.mark.long, pytest.mark.timeout(1800)]
COLLECTION, ZONES = "/ogc/collections/parcels", "/ogc/collections/parking-zones"
BOX = "57,22,59,24"
SAVEPOINT = re.compile(r'SAVEPOINT "\w+"')
SHORT = 8  # a longer text of a caller in a statement is no chance


def items(**query: str) -> str:
    return f"{COLLECTION}/items?{urlencode(query)}"


def text_of(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


WAYS: dict[str, Callable[[str], str]] = {
    "bbox": lambda x: items(bbox=f"57,22,59,{x}"),
    "bbox-crs": lambda x: items(bbox=BOX, **{"bbox-crs": x}),
    "crs": lambda x: items(crs=x),
    "datetime": lambda x: items(datetime=x),
    "interval": lambda x: items(datetime=f"2026-01-01/{x}"),
    "as-of": lambda x: items(**{"as-of": x}),
    "limit": lambda x: items(limit=x),
    "offset": lambda x: items(offset=x),
    "after": lambda x: items(after=x),
    "sortby": lambda x: items(sortby=x),
    "properties": lambda x: items(properties=f"plot_no,{x}"),
    "field of text": lambda x: items(plot_no=x),
    "field of numbers": lambda x: items(legal_area_m2=x),
    "field of codes": lambda x: f"{ZONES}/items?{urlencode({'payment_channels': x})}",
    "filter, a list": lambda x: (
        f"{ZONES}/items?" + urlencode({"filter": f"A_CONTAINS(payment_channels, ({text_of(x)}, 'sms'))"})
    ),
    "name of a parameter": lambda x: items(**{x: "1"}),
    "filter, a text": lambda x: items(filter=f"plot_no = {text_of(x)}"),
    "filter, a pattern": lambda x: items(filter=f"plot_no LIKE {text_of(x.replace('%', '').replace('_', ''))}"),
    "filter, a tree": lambda x: items(
        filter=json.dumps({"op": "=", "args": [{"property": "plot_no"}, x]}), **{"filter-lang": "cql2-json"}
    ),
    "filter, a name": lambda x: items(
        filter=json.dumps({"op": "=", "args": [{"property": x}, 1]}), **{"filter-lang": "cql2-json"}
    ),
    "filter-crs": lambda x: items(filter="1=1", **{"filter-crs": x}),
    "id": lambda x: f"{COLLECTION}/items/{quote(x, safe='')}",
    "collection": lambda x: f"/ogc/collections/{quote(x, safe='')}/items",
    "since": lambda x: f"{COLLECTION}/changes?{urlencode({'since': x})}",
    "tile": lambda x: f"{COLLECTION}/tiles/WebMercatorQuad/{quote(x, safe='')}/1/1",
    "layers of a tile": lambda x: f"/ogc/tiles/WebMercatorQuad/3/1/1?{urlencode({'collections': x})}",
    "job": lambda x: f"/ogc/jobs/{quote(x, safe='')}",
    "export": lambda x: f"/ogc/exports/{quote(x, safe='')}",
}
# Words are asked for one by one, so how many there are shows in the statement.
WORDS = "q"
WAYS[WORDS] = lambda x: f"/ogc/collections/streets/items?{urlencode({'q': x})}"


def hostile(number: int, seed: int) -> Iterator[str]:
    chance = Random(seed)
    for _one in range(number):
        yield "".join(chance.choices(PIECES, k=chance.randint(1, 6))).encode(errors="replace").decode()


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The text of every statement of these processes' sessions, as it is before any value is in it."""
    heard: list[str] = []
    execute = psycopg.Cursor.execute

    def listening(cursor: Any, query: Any, *more: Any, **named: Any) -> Any:
        if isinstance(query, (str, bytes)):
            heard.append(query if isinstance(query, str) else query.decode())
        else:
            heard.append(query.as_string(None))
        return execute(cursor, query, *more, **named)

    monkeypatch.setattr(psycopg.Cursor, "execute", listening)
    logging.disable(logging.CRITICAL)
    yield heard
    logging.disable(logging.NOTSET)


@dataclass
class Found:
    """What a run has seen: `leaked` are the ways by which a caller's text, or a second command, came into a statement.

    `shapes` are the statements of each way and caller that was answered.
    """

    answered: int = 0
    statements: int = 0
    leaked: set[str] = field(default_factory=set)
    shapes: dict[tuple[str, str], set[tuple[str, ...]]] = field(default_factory=lambda: defaultdict(set))


def asked(ground: Ground, said: list[str], many: int, *statuses: int) -> Found:
    """Every way in turn, by each caller."""
    clients = [(who, ground.client(who)) for who in ("anonymous", "agency", "officer")]
    for _who, client in clients:
        client.raise_request_exception = False
        for collection in (COLLECTION, ZONES):  # which columns it has is looked up once
            client.get(f"{collection}/items")
    found, ways = Found(), list(WAYS)
    for number, text in enumerate(hostile(many, seed=3)):
        way = ways[number % len(ways)]
        who, client = clients[number // len(ways) % len(clients)]
        said.clear()
        answer = client.get(WAYS[way](text))
        assert answer.status_code in (200, 400, 404, 410, *statuses), (
            way,
            text,
            answer.status_code,
            answer.content[:300],
        )
        if any((len(text) >= SHORT and text in one) or ";" in one.rstrip("; \n") for one in said):
            found.leaked.add(way)
        found.statements += len(said)
        if answer.status_code == 200:
            found.answered += 1
            found.shapes[way, who].add(tuple(SAVEPOINT.sub("SAVEPOINT", one) for one in said))
    return found


@pytest.mark.parametrize("many", [2_000, pytest.param(12_000, marks=LONG)])
def test_no_parameter_becomes_sql(ground: Ground, said: list[str], many: int, figure: Record):
    found = asked(ground, said, many)
    assert found.leaked == set()
    assert found.answered > many / 20
    assert {key: shapes for key, shapes in found.shapes.items() if key[0] != WORDS and len(shapes) > 1} == {}
    if many > 2_000:
        figure("hostile texts in every parameter", f"{many:,}: {found.answered:,} answered, the others refused")
        figure("statements", f"{found.statements:,}: none with a caller's text or a second command, one shape each way")


def test_a_value_that_stands_in_the_statement_is_found(
    ground: Ground, said: list[str], monkeypatch: pytest.MonkeyPatch
):
    """Seeded fault: values are written into the text, if properly quoted."""
    monkeypatch.setattr(Values, "__call__", lambda _values, value: sql.Literal(value))
    found = asked(ground, said, 200, 500, 503)
    assert {"field of text", "filter, a text"} <= found.leaked
    assert [key for key, shapes in found.shapes.items() if len(shapes) > 1]
