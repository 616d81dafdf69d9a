"""Formats that GDAL reads for us: only the drivers named here, no network, no repairs on disk."""

import ctypes
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from gis.exchange import confine
from gis.exchange.limits import LIMITS

from .table import Head, Table, batch_of, unique_names
from .unreadable import Unreadable

# By the name we call the format. Of each process all but one are taken away.
DRIVERS = {"GeoPackage": "GPKG", "FlatGeobuf": "FlatGeobuf", "Shapefile": "ESRI Shapefile", "GML": "GML"}
# What a driver is told when it opens a file.
OPTIONS = {
    # The file is ours alone while it is read, and what it says is not trusted.
    "GeoPackage": {"IMMUTABLE": "YES"},
    # No schema from anywhere, no side file; the order of axes is that of the system each geometry names.
    "GML": {"DOWNLOAD_SCHEMA": "NO", "WRITE_GFS": "NO", "INVERT_AXIS_ORDER_IF_LAT_LONG": "YES", "EXPOSE_FID": "NO"},
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
}

os.environ.update(SETTINGS)
import pyogrio  # noqa: E402
import pyogrio.raw  # noqa: E402


def read(
    name: str, path: Path, *, table: str = "", encoding: str = "", told: tuple[str, str] = ("", ""), deleted: int = 0
) -> Table:
    """The table as batches. `encoding` is GDAL's name of it, `told` ours and who said so.

    `deleted` rows are counted by the driver and not read.
    """
    _only(name)
    options = OPTIONS.get(name, {})
    try:
        info = pyogrio.read_info(
            path, layer=table or None, encoding=encoding or None, force_feature_count=True, **options
        )
        opened = pyogrio.raw.open_arrow(
            path,
            layer=table or None,
            encoding=encoding or None,
            batch_size=LIMITS.batch_rows,
            use_pyarrow=True,
            return_fids=True,
            **options,
        )
        meta, reader = opened.__enter__()
    except Exception as error:
        raise _corrupt(error) from error
    if not meta["geometry_type"]:
        raise Unreadable("no_geometry")
    place = reader.schema.get_field_index(meta["geometry_name"] or "wkb_geometry")
    names = unique_names([field.name for index, field in enumerate(reader.schema) if index != place])
    crs = _system(meta["crs"])
    head = Head(name, names, crs, "file" if crs else "", *told, rows=int(info["features"]) - deleted)
    result = Table(head, iter(()))
    result.batches = _batches(opened, reader, place, result)
    return result


def tables(name: str, path: Path) -> list[str]:
    """Names of the tables with geometry."""
    _only(name)
    try:
        return [str(name) for name, kind in pyogrio.list_layers(path) if kind]
    except Exception as error:
        raise _corrupt(error) from error


def _batches(opened: Any, reader: Any, place: int, result: Table) -> Iterator[pa.RecordBatch]:
    read = 0
    try:
        for batch in reader:
            columns = [column for index, column in enumerate(batch.columns) if index != place]
            rows = range(read + 1, read + batch.num_rows + 1)
            read += batch.num_rows
            result.done[0] = read / max(result.head.rows or 0, read, 1)
            yield batch_of(rows, batch.column(place), result.head.columns, columns)
    except (pa.ArrowException, OSError, RuntimeError) as error:
        raise _corrupt(error, after=read) from error
    opened.__exit__(None, None, None)
    if result.head.rows is not None and read < result.head.rows:
        # A driver that meets damage may simply stop.
        raise Unreadable("rows_missing", read=read, rows=result.head.rows)


def _system(crs: str | None) -> str:
    """The system as the file says it; GeoPackage's "undefined" systems say nothing."""
    if not crs or "undefined" in crs.casefold():
        return ""
    return crs


def _corrupt(error: Exception, **more: Any) -> Unreadable:
    return Unreadable("corrupt", why=str(error).splitlines()[0][:200] if str(error) else type(error).__name__, **more)


def _only(name: str) -> None:
    """Forget every other driver: what cannot be opened cannot be attacked. pyogrio offers no such list."""
    gdal = ctypes.CDLL(confine.loaded_library("libgdal"))
    gdal.GDALGetDriver.restype = ctypes.c_void_p
    gdal.GDALGetDescription.restype = ctypes.c_char_p
    for function in ("GDALGetDescription", "GDALDeregisterDriver"):
        getattr(gdal, function).argtypes = [ctypes.c_void_p]
    for driver in [gdal.GDALGetDriver(index) for index in range(gdal.GDALGetDriverCount())]:
        if gdal.GDALGetDescription(driver).decode() != DRIVERS[name]:
            gdal.GDALDeregisterDriver(driver)
