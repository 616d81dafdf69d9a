"""Answers of the feed and of the tiles, from request to last byte, against the bare SQL that makes the same answer.

The bare one knows the table, checks no right, and names the published columns by itself. A grid of parcels of 25 m.
"""

import argparse
import math
import time
from collections.abc import Callable

import psycopg
from django.db import connections
from django.test import Client

from tests import databases
from tests.bench.line import Line, Pair

SPAN = 0.00025  # degrees from one parcel to the next
WEST, SOUTH = 56.5, 23.5
OPEN = "p.valid_from <= gis_today() AND (p.valid_to IS NULL OR p.valid_to > gis_today()) AND a.publishes_parcels"
FROM = "FROM parcels_parcel p JOIN territory_authority a ON a.id = p.authority_id"
PROPERTIES = "a.code AS authority, p.plot_no, p.block_no, p.land_use, p.legal_area_m2"
FEATURE = (
    "json_build_object('type', 'Feature', 'id', id, 'geometry', ST_AsGeoJSON(geom, 9)::json, 'properties', said)::text"
)


def measure(options: argparse.Namespace) -> list[Line]:
    databases.start()
    name = databases.clone(databases.template(), label="bench")
    databases.point_django_at(name)
    with databases.superuser(name) as root:
        _fill(root, options.rows)
        for setting in ("jit", "enable_parallel_append"):
            root.execute(f"SET {setting} = off")  # type: ignore[arg-type]
        root.execute("SET max_parallel_workers_per_gather = 0")
        lines = [_compared(root, 4 * options.pairs, *question) for question in _questions(root, options.rows)]
    connections.close_all()
    with databases.superuser() as root:
        databases.drop(root, name)
    return lines


def _fill(root: psycopg.Connection, rows: int) -> None:
    side = math.ceil(math.sqrt(rows))
    root.execute("SET statement_timeout = 0; SET session_replication_role = replica")
    root.execute(
        "INSERT INTO territory_authority (code, kind, name_ar, working_crs, publishes_parcels, geom) VALUES ('bench',"
        " 'municipality', 'قياس', 'EPSG:32640', true, ST_Multi(ST_MakeEnvelope(56, 23, 60, 26, 4326)))"
    )
    root.execute(
        "INSERT INTO parcels_parcel (authority_id, plot_no, block_no, land_use, legal_area_m2, geom)"
        " SELECT a.id, i::text, (i %% 50)::text, 'residential', 600, ST_Multi(ST_MakeEnvelope(x, y, x + 0.0002,"
        " y + 0.0002, 4326)) FROM territory_authority a, generate_series(0, %s) i,"
        " LATERAL (SELECT %s + i %% %s * %s AS x, %s + i / %s * %s AS y) at",
        [rows - 1, WEST, side, SPAN, SOUTH, side, SPAN],
    )
    root.execute("SET session_replication_role = origin; ANALYZE parcels_parcel")


def _questions(root: psycopg.Connection, rows: int) -> list[tuple[str, str, str, dict[str, str]]]:
    """Name, bare SQL, path and parameters of each."""
    middle = math.ceil(math.sqrt(rows)) / 2 * SPAN
    west, south = WEST + middle, SOUTH + middle
    boxes = [(west, south, west + 17 * SPAN, south + 17 * SPAN), (west, south, west + 70 * SPAN, south + 70 * SPAN)]
    items = "/ogc/collections/parcels/items"
    found = [
        (f"items of a box, {told}", _items(box), items, {"bbox": ",".join(map(str, box)), "limit": "1000"})
        for told, box in zip(("300 features", "1,000 of 5,000"), boxes, strict=True)
    ]
    address = (14, *tile_at(west, south, 14))
    row = root.execute("SELECT id FROM parcels_parcel ORDER BY id LIMIT 1").fetchone()
    assert row
    one = (
        f"SELECT {FEATURE} FROM (SELECT p.id, p.geom, (SELECT row_to_json(x) FROM (SELECT {PROPERTIES}) x) said {FROM}"
    )
    return [
        *found,
        ("tile of zoom 14", _mvt(*address), "/tiles/parcels/{}/{}/{}.mvt".format(*address), {}),
        ("one feature", f"{one} WHERE p.id = '{row[0]}') q", f"{items}/{row[0]}", {}),
    ]


def _items(box: tuple[float, ...]) -> str:
    envelope = f"ST_MakeEnvelope({box[0]}, {box[1]}, {box[2]}, {box[3]}, 4326)"
    return (
        f"SELECT string_agg({FEATURE}, ',') FROM (SELECT p.id, p.geom, (SELECT row_to_json(x) FROM (SELECT"
        f" {PROPERTIES}) x) said {FROM} WHERE {OPEN} AND p.geom && {envelope} AND ST_Intersects(p.geom, {envelope})"
        " ORDER BY p.id LIMIT 1000) q"
    )


def _mvt(z: int, x: int, y: int) -> str:
    return (
        "SELECT ST_AsMVT(t, 'parcels', 4096, 'geom') FROM (SELECT p.id::text, p.plot_no, p.block_no, p.land_use,"
        f" p.legal_area_m2::float8, ST_AsMVTGeom(ST_Transform(p.geom, 3857), ST_TileEnvelope({z}, {x}, {y}), 4096, 64)"
        f" geom {FROM} WHERE {OPEN} AND p.geom && ST_Transform(ST_TileEnvelope({z}, {x}, {y}), 4326)) t"
        " WHERE geom IS NOT NULL"
    )


def tile_at(lon: float, lat: float, z: int) -> tuple[int, int]:
    """Column and row of the tile that holds the place."""
    across = 2**z
    return int((lon + 180) / 360 * across), int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * across)


def _compared(root: psycopg.Connection, times: int, name: str, bare: str, path: str, query: dict[str, str]) -> Line:
    client = Client(headers={"host": "127.0.0.1"})
    answer = client.get(path, query)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}: {answer.content[:300]!r}")
    pairs = [
        Pair(_seconds(lambda: client.get(path, query).content), _seconds(lambda: root.execute(bare).fetchall()))  # type: ignore[arg-type]
        for _turn in range(times)
    ]
    return Line(name, "bare SQL", tuple(pairs), f"{len(answer.content) / 1024:,.0f} KiB")


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
