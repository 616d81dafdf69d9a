"""Formats that GDAL reads for us: only the drivers named here, no network, no repairs on disk."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from gis.exchange.limits import LIMITS

from . import gdal_library
from .table import Faults, Head, Remarks, Table, batch_of, unique_names
from .unreadable import Unreadable

# By the name we call the format. Of each process all but one are taken away.
DRIVERS = {
    "GeoPackage": "GPKG", "FlatGeobuf": "FlatGeobuf", "Shapefile": "ESRI Shapefile", "GML": "GML",
    "OpenStreetMap": "OSM",
}  # fmt: skip
# What a driver is told when it opens a file.
OPTIONS = {
    # The file is ours alone while it is read, and what it says is not trusted.
    "GeoPackage": {"IMMUTABLE": "YES"},
    # No schema from anywhere, no side file; the order of axes is that of the system each geometry names.
    "GML": {"DOWNLOAD_SCHEMA": "NO", "WRITE_GFS": "NO", "INVERT_AXIS_ORDER_IF_LAT_LONG": "YES", "EXPOSE_FID": "NO"},
    "OpenStreetMap": {"CONFIG_FILE": str(Path(__file__).with_name("openstreetmap.ini"))},
}
SETTINGS = {
    "OGR_ARROW_MEM_LIMIT": str(LIMITS.batch),
    "OGR_GPKG_NUM_THREADS": "1",
    "GDAL_NUM_THREADS": "1",
    "GDAL_CACHEMAX": "16",
    # A GeoPackage is somebody else's database: its views may call no function that does anything.
    "OGR_SQLITE_PRAGMA": "trusted_schema=OFF,mmap_size=0",
    "SHAPE_RESTORE_SHX": "NO",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    # Links of a GML file to other files and to the network are left alone.
    "GML_SKIP_RESOLVE_ELEMS": "ALL",
    # A number is what a field of ours makes of a text; guessed here it would lose the zeros before it.
    "GML_FIELDTYPES": "ALWAYS_STRING",
    # Nodes and ways of an extract are kept in memory up to so many MB, and then in files of the child's own folder.
    "OSM_MAX_TMPFILE_SIZE": "64",
}

os.environ.update(SETTINGS)
import pyogrio  # noqa: E402
import pyogrio.raw  # noqa: E402


class Judge(Protocol):
    """What is wrong with the rows of a batch, from its columns; and which complaints of GDAL mean that it gave up."""

    def faults(self, names: Sequence[str], columns: Sequence[pa.Array]) -> Faults: ...

    def is_serious(self, complaint: str) -> bool: ...


def read(
    name: str, path: Path, *, table: str = "", encoding: str = "", told: tuple[str, str] = ("", ""), deleted: int = 0
) -> Table:
    """The table as batches. `encoding` is GDAL's name of it, `told` ours and who said so.

    `deleted` rows are counted by the driver and not read.
    """
    _only(name)
    asked = {"layer": table or None, "encoding": encoding or None, **OPTIONS.get(name, {})}
    try:
        info = pyogrio.read_info(path, force_feature_count=True, **asked)
    except IndexError as error:
        raise Unreadable("no_geometry") from error  # it opened, and holds no table at all
    except Exception as error:
        raise _corrupt(error) from error
    return _opened(name, path, asked, told, int(info["features"]) - deleted)


def select(name: str, path: Path, query: str, judge: Judge, remarks: Remarks = ()) -> Table:
    """What a query gives, where the driver cannot count its rows beforehand."""
    _only(name)
    asked = {"sql": query, "return_fids": False, **OPTIONS.get(name, {})}
    return _opened(name, path, asked, ("", ""), None, judge, remarks)


def tables(name: str, path: Path) -> list[str]:
    """Names of the tables with geometry."""
    _only(name)
    try:
        return [str(name) for name, kind in pyogrio.list_layers(path) if kind]
    except Exception as error:
        raise _corrupt(error) from error


def counts(path: Path, names: list[str]) -> dict[str, int]:
    """How many rows these tables have, of those that say it."""
    try:
        told = {name: int(pyogrio.read_info(path, layer=name)["features"]) for name in names}
    except Exception as error:
        raise _corrupt(error) from error
    return {name: count for name, count in told.items() if count >= 0}


def _opened(
    name: str, path: Path, asked: dict[str, Any], told: tuple[str, str], rows: int | None,
    judge: Judge | None = None, remarks: Remarks = (),
) -> Table:  # fmt: skip
    try:
        opened = pyogrio.raw.open_arrow(
            path, batch_size=LIMITS.batch_rows, use_pyarrow=True, **{"return_fids": True, **asked}
        )
        meta, reader = opened.__enter__()
    except Exception as error:
        raise _corrupt(error) from error
    if not meta["geometry_type"]:
        raise Unreadable("no_geometry")
    place = reader.schema.get_field_index(meta["geometry_name"] or "wkb_geometry")
    names = unique_names([field.name for index, field in enumerate(reader.schema) if index != place])
    crs = _system(meta["crs"])
    head = Head(name, names, crs, "file" if crs else "", *told, rows=rows, remarks=remarks)
    result = Table(head, iter(()))
    result.batches = _batches(opened, reader, place, result, judge)
    return result


def _batches(opened: Any, reader: Any, place: int, result: Table, judge: Judge | None) -> Iterator[pa.RecordBatch]:
    read, names = 0, result.head.columns
    try:
        for batch in _drawn(reader, judge):
            columns = [column for index, column in enumerate(batch.columns) if index != place]
            rows = range(read + 1, read + batch.num_rows + 1)
            read += batch.num_rows
            result.done[0] = read / max(result.head.rows, read, 1) if result.head.rows is not None else 0.0
            faults = judge.faults(names, columns) if judge else None
            yield batch_of(rows, batch.column(place), names, columns, faults)
    except (pa.ArrowException, OSError, RuntimeError) as error:
        raise _corrupt(error, after=read) from error
    opened.__exit__(None, None, None)
    if result.head.rows is not None and read < result.head.rows:
        # A driver that meets damage may simply stop.
        raise Unreadable("rows_missing", read=read, rows=result.head.rows)


def _drawn(reader: Any, judge: Judge | None) -> Iterator[pa.RecordBatch]:
    """The batches. Where the rows are not counted only a complaint tells the end from a driver that gave up."""
    if judge is None:
        yield from reader
        return
    while True:
        with gdal_library.Listening() as listening:
            batch = next(reader, None)
        serious = next(filter(judge.is_serious, listening.failures), "")
        if serious:
            raise RuntimeError(serious)
        if batch is None:
            return
        yield batch


def _system(crs: str | None) -> str:
    """The system as the file says it; GeoPackage's "undefined" systems say nothing."""
    if not crs or "undefined" in crs.casefold():
        return ""
    return crs


def _corrupt(error: Exception, **more: Any) -> Unreadable:
    return Unreadable("corrupt", why=str(error).splitlines()[0][:200] if str(error) else type(error).__name__, **more)


def _only(name: str) -> None:
    gdal_library.keep_only(DRIVERS[name])
