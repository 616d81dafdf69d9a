"""OpenStreetMap extracts (.osm.pbf), by GDAL's driver, after a pass of our own over all that is in them.

The driver makes features of nodes, ways and relations; `openstreetmap.ini` says which tags are columns. It stops at
damage, draws a way without the nodes that it lacks and leaves out an area that lacks a way, and says nothing of it:
`osm_blocks` and `osm_parts` find that before.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa

from . import gdal
from .gone_through import GoneThrough, often
from .osm_parts import Parts, count_parts
from .request import Request
from .table import Faults, Remarks, Table, fault
from .unreadable import Unreadable

NEEDS_TABLE = True
# Two passes over what is packed two to ten times: together 0.6 s for each MiB, measured.
SECONDS_PER_MIB = 2.0
# How much of the time the first of them takes.
COUNTED = 0.5
# The driver's tables, and of the large ones what has a key: "lines/highway".
KEYS = {
    "points": ("addr:housenumber", "place", "amenity", "shop"),
    "lines": ("highway", "waterway"),
    "multilinestrings": (),
    "multipolygons": ("building", "addr:housenumber", "landuse", "natural", "boundary"),
    "other_relations": (),
}
# The columns by which a feature's way or relation is known.
WAY_IN = {"lines": "osm_id", "multipolygons": "osm_way_id"}
RELATION_IN = {"multilinestrings": "osm_id", "multipolygons": "osm_id", "other_relations": "osm_id"}
OF_A_SHAPE = re.compile(r"\b(rings?|polygons?|edges?)\b", re.IGNORECASE)


def read(path: Path, request: Request) -> Table:
    names = tables(path, request)
    if not request.table:
        raise Unreadable("many_tables", tables=names)
    if request.table not in names:
        raise Unreadable("no_such_table", table=request.table, tables=names)
    parts = count_parts(path, lambda share: request.tell(COUNTED * share))
    name, _slash, key = request.table.partition("/")
    # A query tells the driver that the other tables need not be kept.
    query = f"SELECT * FROM {name}" + (f' WHERE "{key}" IS NOT NULL' if key else "")  # noqa: S608  (names of ours)
    table = gdal.select("OpenStreetMap", _called_pbf(path), query, _Judge(name, parts), _remarks(name, parts))
    table.batches = _told(table, table.batches, GoneThrough(path), request.tell)
    return table


def _told(
    table: Table, batches: Iterator[pa.RecordBatch], gone: GoneThrough, tell: Callable[[float], None]
) -> Iterator[pa.RecordBatch]:
    """The batches, and how far the driver is: it may go through most of the file before the first."""

    def say() -> None:
        table.done[0] = COUNTED + (1 - COUNTED) * gone.share
        tell(table.done[0])

    with often(say):
        for batch in batches:
            say()
            yield batch


def tables(path: Path, request: Request) -> list[str]:
    """The same for every extract."""
    return [each for name, keys in KEYS.items() for each in (name, *(f"{name}/{key}" for key in keys))]


class _Judge:
    """Finds the features that lack something: what their shape is cannot be known."""

    def __init__(self, name: str, parts: Parts) -> None:
        self.known = [
            (column, word, cut)
            for columns, word, cut in ((WAY_IN, "way", parts.cut_ways), (RELATION_IN, "relation", parts.cut_relations))
            if cut and (column := columns.get(name))
        ]

    def is_serious(self, complaint: str) -> bool:
        """An area whose rings do not close is left out, or is a fault of its own; anything else ended the reading."""
        return not OF_A_SHAPE.search(complaint)

    def faults(self, names: Sequence[str], columns: Sequence[pa.Array]) -> Faults:
        found: list[str | None] = [None] * len(columns[0])
        for column, word, cut in self.known:
            for row, number in enumerate(columns[list(names).index(column)].to_pylist()):
                if number and (lacks := cut.get(int(number))):
                    found[row] = fault("osm_incomplete", feature=f"{word} {number}", missing=lacks[0], parts=lacks[1])
        return found


def _remarks(name: str, parts: Parts) -> Remarks:
    if name == "points" or not (parts.cut_ways or parts.cut_relations):
        return ()
    told = {"ways": len(parts.cut_ways), "relations": len(parts.cut_relations), "undrawn": parts.undrawn}
    return (("osm_cut", told),)


def _called_pbf(path: Path) -> Path:
    """GDAL opens no extract of another name."""
    if path.suffix == ".pbf":
        return path
    named = path.with_name("data.pbf")
    named.symlink_to(path)
    return named
