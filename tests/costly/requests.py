"""Requests that cost much: what the threat model names (6 to 8), as far as the site takes it in over HTTP."""

import json
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from urllib.parse import quote, urlencode

from PIL import Image

ITEMS = "/ogc/collections/parcels/items"
TOKEN = "a" * 32  # of the form and the cookie alike
FORM, CQL2 = "application/x-www-form-urlencoded", "application/cql2+json"
# An answer, a redirect, a refusal of what was asked or of who asks, too long, too busy: never a server's error.
ALLOWED = frozenset({200, 302, 400, 401, 403, 404, 405, 413, 414, 422, 431, 503})
PATHOLOGICAL = (
    "a",
    "1",
    "%" * 200,
    "a" * 200,
    "ا " * 100,
    "1 " * 100,
    "شارع " * 40,
    "ab" * 100,
    "\u0301" * 200,
    "🏠" * 100,
)


@dataclass(frozen=True)
class Costly:
    """One request; those of the officer go with their session. `statuses` are the answers that are right."""

    name: str
    path: str
    method: str = "GET"
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    officer: bool = False
    statuses: frozenset[int] = ALLOWED


# For a database in which this layer's view sleeps (`tests.costly.town.drowsy`).
SLOW = Costly(
    "a view that takes its time", "/ogc/collections/aflaj/items?bbox=-180,-90,180,90", statuses=frozenset({503})
)


def spaghetti(points: int) -> list[list[float]]:
    """A ring whose corners are in no order: its segments cross each other."""
    dice = random.Random(points)
    ring = [[round(58.1 + dice.random() / 99, 6), round(23.5 + dice.random() / 99, 6)] for _ in range(points)]
    return [*ring, ring[0]]


def circle(points: int) -> list[list[float]]:
    turns = [2 * math.pi * number / points for number in range(points)]
    ring = [[round(58.1 + math.cos(turn) / 99, 8), round(23.5 + math.sin(turn) / 99, 8)] for turn in turns]
    return [*ring, ring[0]]


def polygon(ring: list[list[float]]) -> str:
    return json.dumps({"type": "MultiPolygon", "coordinates": [[ring]]})


def everything(authority: str, category: str) -> list[Costly]:
    """All of them, the ways in mixed."""
    found = [*_feed(), *_processes(), *_tiles(), *_search(), *_reports(category), *_desk(authority), *_heads()]
    random.Random(11).shuffle(found)
    return found


def _feed() -> Iterator[Costly]:
    world = "-180,-90,180,90"
    queries: list[dict[str, object]] = [
        {"limit": 10_000}, {"limit": 10_000, "f": "html"}, {"limit": 10_000, "bbox": world}, {"limit": "9" * 12},
        {"offset": 10_000_000}, {"offset": 9_999_999, "sortby": "-plot_no"}, {"offset": 90_000, "limit": 10_000},
        {"sortby": "plot_no,-block_no,land_use,-legal_area_m2", "limit": 10_000}, {"resulttype": "hits", "bbox": world},
        {"crs": "http://www.opengis.net/def/crs/EPSG/0/32640", "limit": 10_000},
        {"bbox": "-9e6,-9e6,9e6,9e6", "bbox-crs": "http://www.opengis.net/def/crs/EPSG/0/32640"},
        {"datetime": "1900-01-01/2100-01-01"}, {"plot_no": "x" * 50_000}, {"land_use": "residential", "limit": 10_000},
    ]  # fmt: skip
    for number, query in enumerate(queries):
        yield Costly(f"feed {number}", f"{ITEMS}?{urlencode(query)}")
    for points in (200, 2_000, 50_000):
        wkt = "POLYGON((" + ",".join(f"{x} {y}" for x, y in spaghetti(points)) + "))"
        yield Costly(f"filter, ring of {points}", f"{ITEMS}?filter={quote(f'S_INTERSECTS(geometry,{wkt})')}")
        body = polygon(spaghetti(points)).encode()
        yield Costly(f"written ring of {points}", ITEMS, "POST", body, {"Content-Type": "application/geo+json"})
    far = quote("S_DWITHIN(geometry,POINT(58 23),99999999,meters)")
    yield Costly("filter by distance", f"{ITEMS}?filter={far}")
    yield Costly("nested filter", f"{ITEMS}?filter={'NOT(' * 9_000}")
    yield Costly("nested document", ITEMS, "POST", nested(100_000).encode(), {"Content-Type": "application/json"})
    yield Costly("nested question", ITEMS, "POST", b'{"op":"not","args":[' * 10_000, {"Content-Type": CQL2})
    million = b",".join(b"[%d,%d]" % (number % 9, number % 7) for number in range(1_000_000))
    shape = b'{"op":"s_intersects","args":[{"property":"geometry"},{"type":"Polygon","coordinates":[[%s]]}]}' % million
    yield Costly("posted ring of a million", ITEMS, "POST", shape, {"Content-Type": CQL2}, statuses=frozenset({413}))
    yield Costly("a pattern for words", f"{ITEMS}?{urlencode({'q': '(a+)+$' * 30})}")
    yield Costly("the whole log", f"/ogc/collections/parcels/changes?since=beginning&limit=10000&bbox={world}")
    yield Costly("the whole layer as CSV", "/ogc/collections/parcels/items?f=csv")
    yield Costly("the whole layer as a file", f"{ITEMS}?f=parquet", statuses=ALLOWED | {202})
    yield Costly("layers in one tile", "/ogc/tiles/WebMercatorQuad/9/221/338?collections=parcels,wells,reports,streets")
    yield Costly("years of reports", "/ogc/collections/reports/items?datetime=../2100-01-01&limit=10000")


def _processes() -> Iterator[Costly]:
    """Questions that work on whole layers, at once: what takes too long is given up."""
    tangle, round_one = ({"type": "Polygon", "coordinates": [ring]} for ring in (spaghetti(2_000), circle(900)))
    wide = {"type": "Polygon", "coordinates": [[[57, 22], [60, 22], [60, 25], [57, 25], [57, 22]]]}
    point = {"type": "Point", "coordinates": [58.1, 23.5]}
    asked: list[tuple[str, dict[str, object]]] = [
        ("buffer", {"geometry": tangle, "distance": 10}), ("buffer", {"geometry": round_one, "distance": 10_000}),
        ("what-is-here", {"place": wide}), ("nearest", {"point": point, "layer": "parcels", "within": 10_000}),
        ("summary-by-area", {"layer": "parcels", "areas": wide, "field": "legal_area_m2"}),
        ("summary-by-area", {"layer": "parcels", "areas_layer": "governorates"}),
    ]  # fmt: skip
    for number, (process, inputs) in enumerate(asked):
        body = json.dumps({"inputs": inputs}).encode()
        path = f"/ogc/processes/{process}/execution"
        yield Costly(f"process {number}, {process}", path, "POST", body, {"Content-Type": "application/json"})


def _tiles() -> Iterator[Costly]:
    for layer, z in (("parcels", 6), ("parcels", 9), ("parcels", 11), ("parcels", 13), ("address-units", 12),
                     ("reports", 9), ("reports", 13), ("wells", 7), ("base-buildings", 12),
                     ("parcels", 22)):  # fmt: skip
        column = int((58.1 + 180) / 360 * 2**z)
        row = int((1 - math.asinh(math.tan(math.radians(23.5))) / math.pi) / 2 * 2**z)
        yield Costly(f"tile {layer} {z}", f"/tiles/{layer}/{z}/{column}/{row}.mvt")


def _search() -> Iterator[Costly]:
    for number, words in enumerate(PATHOLOGICAL):
        yield Costly(f"search {number}", f"/ar/search?{urlencode({'q': words})}")
    yield Costly("long list", f"/ar/list/?of={','.join(['parcels/' + '0' * 32] * 900)}")


def _reports(category: str) -> Iterator[Costly]:
    noise = random.Random(5).randbytes(11 * 2**20)
    photos = {"bomb": png(20_000), "large picture": png(7_000), "noise": noise, "over the limit": noise + noise}
    for name, photo in photos.items():
        yield _report(category, name, b"a photo", photo)
    yield _report(category, "long words", b"x" * 2_000_000, b"")
    yield Costly("giant form", "/ar/report/", "POST", b"a=" + b"x" * 60_000_000, {"Content-Type": FORM})


def _report(category: str, name: str, text: bytes, photo: bytes) -> Costly:
    fields = {b"csrfmiddlewaretoken": TOKEN.encode(), b"point": b"23.5002,58.101", b"category": category.encode()}
    fields |= {b"text": text, b"client_id": b"%032x" % random.Random(name).getrandbits(128)}
    parts = [b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % one for one in fields.items()]
    parts.append(
        b'--x\r\nContent-Disposition: form-data; name="photo"; filename="p.png"\r\n\r\n%s\r\n--x--\r\n' % photo
    )
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Cookie": f"csrftoken={TOKEN}"}
    return Costly(f"report, {name}", "/ar/report/", "POST", b"".join(parts), headers)


def _desk(authority: str) -> Iterator[Costly]:
    """Geometry comes in by an officer's hand: nothing of this may be stored, so no answer is the way on (302)."""
    rings = {f"ring of {points}": polygon(spaghetti(points)) for points in (200, 1_000, 2_000, 10_000, 50_000)}
    shapes = rings | {
        "over the cap": polygon(circle(20_000)),
        "nested": nested(15_000),
        "nested text": nested_text(100_000),
    }
    shapes["nested bytes"] = "010700000001000000" * 100_000 + "0101000000000000000000F03F000000000000F03F"
    for name, shape in shapes.items():
        given = {"csrfmiddlewaretoken": TOKEN, "authority": authority, "name_ar": "x", "kind": "red", "geom": shape}
        body = urlencode(given | {"valid_from": "2025-01-01"}).encode()
        headers = {"Content-Type": FORM, "Cookie": f"csrftoken={TOKEN}"}
        yield Costly(
            f"desk, {name}", "/admin/wells/protectionzone/add/", "POST", body, headers, True, ALLOWED - {302, 403}
        )


def _heads() -> Iterator[Costly]:
    yield Costly("languages", "/", headers={"Accept-Language": "ar;q=0.1," * 5_000})
    yield Costly("kinds", "/ogc", headers={"Accept": "text/x;q=0.1," * 4_000})
    yield Costly("cookies", "/ar/", headers={"Cookie": "a=b; " * 9_000})


def nested(levels: int) -> str:
    inner = '{"type":"Point","coordinates":[58.1,23.5]}'
    return '{"type":"GeometryCollection","geometries":[' * levels + inner + "]}" * levels


def nested_text(levels: int) -> str:
    return "GEOMETRYCOLLECTION(" * levels + "POINT(58.1 23.5)" + ")" * levels


def png(side: int) -> bytes:
    """A square picture of so many pixels a side, a few kilobytes long."""
    out = BytesIO()
    Image.new("1", (side, side)).save(out, "PNG")
    return out.getvalue()
