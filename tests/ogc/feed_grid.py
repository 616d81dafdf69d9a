"""Who may do what in the feed, asked from outside: caller × layer × field × way, as one line a field.

Of a field, in each of the ways in which it could show:
R its value in the items · O in the item by itself · F a filter by it · S the order by it · P chosen by `properties` ·
Q among the queryables · D in the schema · T in the tile of the record · C in the changes.
r, o: the name, but no value though the record has one.

Of a layer (field "*"), with the record of the authority `here`: I POST · U PUT · M PATCH · D DELETE. What is judged
there is the right alone: each is asked so that it fails on what comes after.
"""

import http.client
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from gis.layers import Layer

GRID = Path(__file__).with_name("feed_grid.csv")
CALLERS = ("anonymous", "agency", "scoped", "client", "officer", "stranger")
LEVEL = 16
# With the right, what is wrong with the request is told.
RIGHT, WITHOUT = {400, 412, 422, 428}, {401, 403, 404, 405}
GEOJSON, PATCH = "application/geo+json", "application/merge-patch+json"


@dataclass
class Program:
    """A caller of the feed, with what it shows; keeps its connection."""

    address: str
    shown: Mapping[str, str]

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection(self.address.removeprefix("http://"), timeout=60)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
        sent = {**self.shown, **{name.replace("_", "-"): value for name, value in headers.items()}}
        try:
            self.connection.request(method, path, body, sent)
            answer = self.connection.getresponse()
        except (ConnectionError, http.client.RemoteDisconnected):  # kept too long for the server
            self.connection.close()
            self.connection.request(method, path, body, sent)
            answer = self.connection.getresponse()
        return answer.status, answer.read()

    def document(self, path: str) -> dict[str, Any]:
        """Empty where there is none."""
        status, body = self.ask("GET", path)
        assert status in (200, 404), (path, body)
        return json.loads(body) if status == 200 else {}


def fields(program: Program, layer: Layer, record: Any, full: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each field and the ways in which it shows. `full` is what the record's own officer reads."""
    place = f"/ogc/collections/{layer.id}"
    items = program.document(f"{place}/items").get("features", [])
    listed = next((item["properties"] for item in items if item["id"] == str(record.pk)), {})
    single = program.document(f"{place}/items/{record.pk}").get("properties", {})
    tile = _tile(program, layer, record)
    told = program.document(f"{place}/changes?since=beginning").get("changes", [])
    changed = [change["feature"]["properties"] for change in told if change["id"] == str(record.pk)]
    documents = [program.document(f"{place}/{name}").get("properties", {}) for name in ("queryables", "schema")]
    for name in [*(["authority"] if layer.owned else []), *(field.name for field in layer.fields)]:
        ways = _read("R", name, listed, full) + _read("O", name, single, full)
        ways += _asked(program, place, name)
        ways += "".join(letter for letter, found in zip("QD", documents, strict=True) if name in found)
        ways += "T" if bytes([0x1A, len(name)]) + name.encode() in tile else ""
        ways += "C" if any(name in properties for properties in changed) else ""
        yield name, ways


def verbs(program: Program, layer: Layer, record: Any) -> str:
    """What the caller may do with the record."""
    items = f"/ogc/collections/{layer.id}/items"
    one = f"{items}/{record.pk}"
    asked = {
        "I": ("POST", items, b"{}", GEOJSON),
        "U": ("PUT", one, b"{}", GEOJSON),
        "M": ("PATCH", one, b"[]", PATCH),
        "D": ("DELETE", one, None, GEOJSON),
    }
    found = ""
    for letter, (method, path, body, kind) in asked.items():
        status, told = program.ask(method, path, body, Content_Type=kind, If_Match='"0.0"')
        assert status in RIGHT | WITHOUT, (method, path, status, told)
        found += letter if status in RIGHT else ""
    return found


def _read(letter: str, name: str, shown: Mapping[str, Any], full: Mapping[str, Any]) -> str:
    if name not in shown:
        return ""
    return letter.lower() if shown[name] is None and full.get(name) is not None else letter


def _asked(program: Program, place: str, name: str) -> str:
    found = ""
    ways = {"F": f"filter={quote(name)}%20IS%20NULL", "S": f"sortby={name}", "P": f"properties={name}"}
    for letter, query in ways.items():
        status, told = program.ask("GET", f"{place}/items?{query}&limit=1")
        assert status in (200, 400, 404), told
        found += letter if status == 200 else ""
    return found


def _tile(program: Program, layer: Layer, record: Any) -> bytes:
    """The tile at the record's place, where it holds the record."""
    if record.geom is None:
        return b""
    lon, lat = record.geom.point_on_surface.coords
    across = 2**LEVEL
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    place = f"{LEVEL}/{int((lon + 180) / 360 * across)}/{int(y * across)}"
    status, content = program.ask("GET", f"/tiles/{layer.id}/{place}.mvt")
    assert status in (200, 404), content
    return content if str(record.pk).encode() in content else b""


def declared() -> dict[tuple[str, str], tuple[str, ...]]:
    """(layer, field or "*") → ways or verbs of each of CALLERS, as it was agreed."""
    lines = [line.split(";") for line in GRID.read_text(encoding="utf-8").splitlines()[1:]]
    return {(layer, field): tuple(rights) for layer, field, *rights in lines}
