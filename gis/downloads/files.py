"""Downloads that are files: FlatGeobuf, GeoPackage and GeoParquet 1.1, written to the disk some features at a time.

FlatGeobuf is not made by the database: ST_AsFlatGeobuf of PostGIS 3.3 takes no number of exact digits, holds all in its
memory, and writes days that GDAL cannot read. Coordinates are easting or longitude first in every system, as the three
formats want it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
from psycopg import sql

from gis import published
from gis.refusals import Refusal

from . import geoparquet
from .rows import Download, column, walk

KINDS: dict[published.Kind, tuple[pa.DataType, str]] = {
    "text": (pa.string(), "to_json({}) #>> '{{}}'"),
    "integer": (pa.int64(), "{}::bigint"),
    "number": (pa.float64(), "{}::double precision"),
    "boolean": (pa.bool_(), "{}"),
    "date": (pa.date32(), "{}"),
    "datetime": (pa.timestamp("us", tz="UTC"), "{}"),
    "texts": (pa.list_(pa.string()), "{}"),
}
# GDAL keeps no lists in FlatGeobuf and GeoPackage: there they are the text of a JSON array.
FLAT = KINDS | {"texts": (pa.string(), "to_json({})::text")}
GEOMETRY = "geometry"

# Told as the work goes on: how many features are written.
Told = Callable[[int], None]


class Batches:
    """The features as Arrow's batches. A refusal is kept: libraries in between make another error of it."""

    def __init__(self, asked: Download, told: Told, kinds: Mapping[published.Kind, tuple[pa.DataType, str]]) -> None:
        self.asked, self.told, self.kinds = asked, told, kinds
        self.refused: Refusal | None = None
        self.number = 0
        types = [("id", pa.string()), *((name, kinds[kind][0]) for name, kind in asked.fields.items())]
        self.schema = pa.schema([*types, (GEOMETRY, pa.binary())])

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        shown = [
            sql.SQL("t.id::text"),
            *(sql.SQL(self.kinds[kind][1]).format(column(name)) for name, kind in self.asked.fields.items()),
            sql.SQL("ST_AsBinary({})").format(self.asked.query.output.of(sql.SQL("t.geom"))),
        ]
        try:
            # Closed at once, whatever happens: a refusal that is kept would keep the transaction open.
            with closing(walk(self.asked, shown)) as portions:
                for rows in portions:
                    yield self._batch(rows)
                    self.number += len(rows)
                    self.told(self.number)
        except Refusal as refused:
            self.refused = refused
            raise

    def _batch(self, rows: Sequence[tuple[Any, ...]]) -> pa.RecordBatch:
        columns = [pa.array(values, one.type) for values, one in zip(zip(*rows, strict=True), self.schema, strict=True)]
        return pa.RecordBatch.from_arrays(columns, schema=self.schema)


def flatgeobuf(path: Path, asked: Download, told: Told = lambda number: None) -> int:
    """With an index where every feature has a place; returns how many. Raises what `published.reading` raises."""
    return _by_gdal(path, asked, told, driver="FlatGeobuf", SPATIAL_INDEX="YES" if asked.all_placed else "NO")


def geopackage(path: Path, asked: Download, told: Told = lambda number: None) -> int:
    """One table with the layer's name; returns how many features. Raises what `published.reading` raises."""
    return _by_gdal(path, asked, told, driver="GPKG", IDENTIFIER=str(asked.layer.title))


def parquet(path: Path, asked: Download, told: Told = lambda number: None) -> int:
    """Returns how many features. Raises what `published.reading` raises."""
    batches = Batches(asked.in_map_order(), told, KINDS)
    # Without a name for the system it is CRS84, which is what was asked for.
    named = asked.query.output.code if asked.query.output.flipped or asked.query.output.pinned else ""
    geoparquet.write(path, batches.schema, batches, system=named, geometry_type=asked.geometry_type)
    return batches.number


def _by_gdal(path: Path, asked: Download, told: Told, *, driver: str, **options: str) -> int:
    import pyogrio  # with GeoPandas, that is a second and 100 MB, which the server else never needs

    batches = Batches(asked.in_map_order(), told, FLAT)
    reader = pa.RecordBatchReader.from_batches(batches.schema, iter(batches))
    try:
        pyogrio.write_arrow(
            reader, path, driver=driver, layer=asked.layer.view, geometry_name=GEOMETRY, crs=asked.query.output.code,
            geometry_type=geoparquet.TYPES.get(asked.geometry_type, "Unknown"), **options,
        )  # fmt: skip
    except Exception as error:
        raise (batches.refused or error) from error
    return batches.number
