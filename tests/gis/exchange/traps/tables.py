"""Databases and binary tables made to harm."""

import json
import sqlite3
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tests.gis.exchange.files import plots, write

from .case import ANY, READ, Trap, patched, trap

ENDLESS = "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n)"
MODULES = (
    "dbstat",
    "VirtualOGR('x.vrt')",
    "VirtualShape('x.shp')",
    "VirtualText('/etc/passwd')",
    "csv(filename='/etc/passwd')",
    "zipfile('x.zip')",
    "fsdir",
    "sqlite_stmt",
)
CALLS = (
    "load_extension('x.so')",
    "readfile('/etc/passwd')",
    "writefile('evil', 'x')",
    "ogr_geocode('x')",
    "ogr_datasource_load_layers('x')",
    "gdal_get_pixel_value('x', 1, 'georef', 1, 2)",
    "ImportSHP('x','y','z')",
    "randomblob(2000000000)",
)
NAMES = (
    "two\nlines.gpkg",
    "\u202ekpgp.gpkg",
    "a.zip!b.gpkg",
    "zip:b.gpkg",
    "-rf.gpkg",
    "%2e%2e%2fx.gpkg",
    "x.gpkg?vfs=unix",
    "قطع أراضي.gpkg",
    "$(touch evil).gpkg",
    "'; --.gpkg",
)


def tables() -> Iterator[Trap]:
    yield from _databases()
    yield from _shapefiles()
    yield from _columns()
    for name in NAMES:
        yield Trap(f"called {name!r}", name, _copied("gpkg"), frozenset({READ}))


def _sound(ending: str, count: int = 3) -> dict[str, bytes]:
    with TemporaryDirectory() as folder:
        write(Path(folder) / f"x.{ending}", plots(count), **({"SPATIAL_INDEX": "NO"} if ending == "gpkg" else {}))
        return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


def _copied(ending: str) -> Callable[[Path], bytes]:
    return lambda _path: _sound(ending)[f"x.{ending}"]


def _database(*statements: str) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        path.write_bytes(_sound("gpkg")["x.gpkg"])
        with sqlite3.connect(path) as database:
            database.execute("PRAGMA writable_schema=ON")
            for statement in statements:
                database.execute(statement)
        database.close()

    return make


def _as_view(query: str) -> tuple[str, ...]:
    kept = "ALTER TABLE plots RENAME TO hidden"
    names = [f"UPDATE {table} SET table_name = 'plots'" for table in ("gpkg_contents", "gpkg_geometry_columns")]
    return kept, f"CREATE VIEW plots AS {query}", *names


def _databases() -> Iterator[Trap]:
    for module in MODULES:
        name = module.partition("(")[0]
        text = f"CREATE VIRTUAL TABLE trap USING {module}"
        statement = (
            f"INSERT INTO sqlite_master VALUES ('table', 'trap', 'trap', 0, '{text.replace(chr(39), chr(39) * 2)}')"
        )
        yield Trap(f"virtual table {name}", "x.gpkg", _database(statement), frozenset({"hostile_database"}))
    for call in CALLS:
        view = _as_view(f"SELECT *, {call} AS trap FROM hidden")
        yield Trap(f"view calls {call[:20]}", "x.gpkg", _database(*view), ANY)
    yield Trap(
        "view never ends",
        "x.gpkg",
        _database(*_as_view(f"SELECT * FROM hidden WHERE {ENDLESS} > 0")),
        frozenset({"took_too_long"}),
    )
    yield Trap("view of itself", "x.gpkg", _database(*_as_view("SELECT * FROM plots")), ANY)
    trigger = "CREATE TRIGGER t AFTER {0} ON {1} BEGIN SELECT load_extension('x'); DELETE FROM plots; END"
    for table in ("plots", "gpkg_contents", "gpkg_geometry_columns"):
        yield Trap(f"trigger on {table}", "x.gpkg", _database(trigger.format("UPDATE", table)), frozenset({READ}))
    for name, statement in {
        "the schema as layer": "UPDATE gpkg_contents SET table_name = 'sqlite_master'",
        "no such table": "UPDATE gpkg_contents SET table_name = 'x'",
        "system of text": "UPDATE gpkg_spatial_ref_sys SET definition = 'PROJCS[' || hex(zeroblob(100000))",
        "injected name": "UPDATE gpkg_geometry_columns SET column_name = 'geometry\"; DROP TABLE plots; --'",
        "geometry of noise": "UPDATE plots SET geom = randomblob(1000)",
        "geometry of nesting": f"UPDATE plots SET geom = x'47500001E6100000{'010700000001000000' * 5000}'",
        "large values": "UPDATE plots SET plot = hex(zeroblob(30000000))",
    }.items():
        yield Trap(f"database with {name}", "x.gpkg", _database(statement), ANY)
    sound = _sound("gpkg")["x.gpkg"]
    yield Trap("journal beside", "x.gpkg", _copied("gpkg"), frozenset({"still_open"}), {"x.gpkg-wal": b"x" * 100})
    yield trap("database of a header", "x.gpkg", sound[:100])
    yield trap("pages of no size", "x.gpkg", patched(sound, 16, b"\0\0"))
    for seed in range(6):
        yield Trap(f"database noise {seed}", "x.gpkg", _noise(sound, seed))


def _shapefiles() -> Iterator[Trap]:
    parts = _sound("shp")
    shape, index, table = (parts[f"x.{ending}"] for ending in ("shp", "shx", "dbf"))
    big = struct.pack(">i", 2**30 - 1)
    little = struct.pack("<i", 2**31 - 1)
    for name, changed in {
        "file length": {"shp": patched(shape, 24, big)}, "record length": {"shp": patched(shape, 104, big), "shx": patched(index, 104, big)},
        "negative length": {"shp": patched(shape, 104, b"\xff" * 4)}, "parts": {"shp": patched(shape, 144, little)}, "points": {"shp": patched(shape, 148, little)},
        "index place": {"shx": patched(index, 100, b"\x7f\xff\xff\xff")}, "index cut": {"shx": index[:90]}, "rows": {"dbf": patched(table, 4, little)},
        "head length": {"dbf": patched(table, 8, b"\xff\xff")}, "row length": {"dbf": patched(table, 10, b"\xff\xff")}, "row of nothing": {"dbf": patched(table, 10, b"\0\0")},
        "head of nothing": {"dbf": patched(table, 8, b"\0\0")}, "table cut": {"dbf": table[:20]}, "kind": {"shp": patched(shape, 32, b"\x7f\0\0\0")},
    }.items():  # fmt: skip
        beside = {name: data for name, data in parts.items() if name != "x.shp"}
        beside |= {f"x.{ending}": data for ending, data in changed.items() if ending != "shp"}
        yield trap(f"shapefile lies: {name}", "x.shp", changed.get("shp", shape), beside=beside)
    for seed in range(4):
        beside = {name: data for name, data in parts.items() if name != "x.shp"}
        yield Trap(f"shapefile noise {seed}", "x.shp", _noise(shape, seed), beside=beside)


def _columns() -> Iterator[Trap]:
    yield Trap("parquet bomb", "x.parquet", _parquet_bomb)
    for name, geo in {
        "no columns": {"primary_column": "x"}, "a list": [], "wrong kind": {"primary_column": 7, "columns": {"7": []}},
        "wkb of text": {"primary_column": "t", "columns": {"t": {"encoding": "WKB"}}},
    }.items():  # fmt: skip
        yield Trap(f"parquet geo {name}", "x.parquet", lambda path, g=geo: _parquet(path, json.dumps(g)))
    yield Trap("parquet geo deep", "x.parquet", lambda path: _parquet(path, "[" * 100_000))
    sound = _sound("parquet")["x.parquet"]
    yield trap("parquet foot", "x.parquet", sound[:-8] + struct.pack("<I", 2**31 - 1) + b"PAR1")
    for seed in range(4):
        yield Trap(f"parquet noise {seed}", "x.parquet", _noise(sound, seed))
    flat = _sound("fgb")["x.fgb"]
    for name, place in (("head", 8), ("first words", 12), ("middle", len(flat) // 2)):
        yield trap(f"flatgeobuf lies: {name}", "x.fgb", patched(flat, place, struct.pack("<i", 2**31 - 1)))
    for seed in range(4):
        yield Trap(f"flatgeobuf noise {seed}", "x.fgb", _noise(flat, seed))


def _parquet(path: Path, geo: str) -> None:
    pq.write_table(pa.table({"t": ["x"], "lon": [57.5], "lat": [23.4]}).replace_schema_metadata({"geo": geo}), path)


def _parquet_bomb(path: Path) -> None:
    """A gigabyte of one text over and over in a few kilobytes."""
    text = pa.DictionaryArray.from_arrays(pa.array(np.zeros(10_000, np.int32)), pa.array(["x" * 100_000]))
    pq.write_table(pa.table({"lon": np.zeros(10_000), "lat": np.zeros(10_000), "t": text}), path)


def _noise(data: bytes, seed: int) -> Callable[[Path], bytes]:
    random = np.random.default_rng(seed)
    changed = bytearray(data)
    for place in random.integers(16, len(data), 40):
        changed[place] = random.integers(0, 256)
    return lambda _path: bytes(changed)
