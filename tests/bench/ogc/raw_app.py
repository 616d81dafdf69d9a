"""The limit: one SQL statement that gives the finished text, and the least around it that can be called a server.

No framework, no right, no JSON in Python. It knows its one table and its columns.

The database is the one that libpq's own variables name.

/items?limit&offset&after&bbox&land_use&count=exact|none, /items/{id}, /tiles/{z}/{x}/{y}
"""

import math
from typing import Any
from urllib.parse import parse_qsl

from psycopg_pool import AsyncConnectionPool

COLUMNS = "t.authority, t.plot_no, t.block_no, t.land_use, t.legal_area_m2"
FEATURE = (
    """'{"type":"Feature","id":"' || t.id || '","geometry":' || ST_AsGeoJSON(t.geom, 9, 0) || ',"properties":' ||"""
    f""" (SELECT row_to_json(p)::text FROM (SELECT {COLUMNS}) AS p) || '}}'"""
)
ONE = f"SELECT {FEATURE} FROM bench.parcels AS t WHERE t.id = %s"
HALF = 20037508.342789244
MOST = 10_000
MARGIN = 64 / 4096
GEOJSON, TILE = b"application/geo+json", b"application/vnd.mapbox-vector-tile"
Asked = tuple[str, list[Any]]

pool: AsyncConnectionPool | None = None


def items(asked: dict[str, str]) -> Asked:
    """A page. With a condition and a count, the matches are found once: then counted, and the page fetched by id.

    The box is one value: an envelope that is made of four is made anew for each row.
    """
    where, values = [], []
    if "bbox" in asked:
        where.append("t.geom && %s::geometry AND (t.geom @ %s::geometry OR ST_Intersects(t.geom, %s::geometry))")
        values += 3 * [_box(*map(float, asked["bbox"].split(",")))]
    if "land_use" in asked:
        where.append("t.land_use = %s")
        values.append(asked["land_use"])
    counted = asked.get("count", "exact") == "exact"
    part = f"ORDER BY t.id LIMIT {min(int(asked.get('limit', 10)), MOST)} OFFSET {int(asked.get('offset', 0))}"
    found, matched = "", "SELECT count(*) FROM bench.parcels" if counted else "SELECT NULL::bigint"
    if counted and where:
        found = f"WITH found AS MATERIALIZED (SELECT t.id FROM bench.parcels AS t WHERE {' AND '.join(where)})"
        matched = "SELECT count(*) FROM found"
        ids = f"ARRAY(SELECT t.id FROM found AS t {part})"
        page = f"SELECT * FROM bench.parcels AS t WHERE t.id = ANY ({ids}) ORDER BY t.id"
    else:
        if "after" in asked:
            where.append("t.id > %s")
            values.append(asked["after"])
        page = f"SELECT * FROM bench.parcels AS t {'WHERE' if where else ''} {' AND '.join(where)} {part}"
    text = (
        f"""{found} SELECT '{{"type":"FeatureCollection","features":[' || coalesce(string_agg({FEATURE}, ','), '')"""
        f""" || ']' || coalesce(',"numberMatched":' || ({matched}), '') || ',"numberReturned":' || count(*)"""
        f""" || '}}' FROM ({page}) AS t"""
    )
    return text, values


def _box(west: float, south: float, east: float, north: float) -> str:
    ring = f"{west} {south}, {east} {south}, {east} {north}, {west} {north}, {west} {south}"
    return f"SRID=4326;POLYGON(({ring}))"


def tile(z: int, x: int, y: int) -> Asked:
    """All fields, and what lies in the buffer too. Bounds are literals: parameters would be made anew for each row."""
    across = 2**z
    size = 2 * HALF / across
    west, north = -HALF + x * size, HALF - y * size
    south_degrees, north_degrees = (
        math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * row / across)))) for row in (y + 1 + MARGIN, y - MARGIN)
    )
    west_degrees, east_degrees = (column / across * 360 - 180 for column in (x - MARGIN, x + 1 + MARGIN))
    return (
        "SELECT ST_AsMVT(q, 'parcels', 4096, 'geom') FROM (SELECT ST_AsMVTGeom(ST_Transform(t.geom, 3857),"
        f" ST_MakeEnvelope({west!r}, {north - size!r}, {west + size!r}, {north!r}, 3857), 4096, 64) AS geom,"
        f" t.id::text, {COLUMNS.replace('legal_area_m2', 'legal_area_m2::float8')} FROM bench.parcels AS t WHERE t.geom"
        f" && ST_MakeEnvelope({west_degrees!r}, {south_degrees!r}, {east_degrees!r}, {north_degrees!r}, 4326)) AS q"
    ), []


async def app(scope: Any, receive: Any, send: Any) -> None:
    """The application (ASGI)."""
    if scope["type"] != "http":
        return
    kind = TILE if scope["path"].startswith("/tiles/") else GEOJSON
    if kind is TILE:
        z, x, y = map(int, scope["path"].split("/")[2:5])
        asked = tile(z, x, y)
    elif scope["path"] == "/items":
        asked = items(dict(parse_qsl(scope["query_string"].decode())))
    else:
        asked = (ONE, [scope["path"].rpartition("/")[2]])
    async with (await _opened()).connection() as session:
        cursor = session.cursor(binary=kind is TILE)
        await cursor.execute(asked[0], asked[1] or None, prepare=kind is GEOJSON)  # type: ignore[arg-type]
        row = await cursor.fetchone()
    found = row[0] if row else "{}"
    body = found if isinstance(found, bytes) else found.encode()
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200 if row else 404, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _opened() -> AsyncConnectionPool:
    global pool
    if pool is None:
        kept = {"autocommit": True}
        pool = AsyncConnectionPool(min_size=4, max_size=8, open=False, kwargs=kept)
    await pool.open()
    return pool
