"""GeoParquet 1.x, and plain Parquet with columns of coordinates."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from gis.exchange.limits import LIMITS

from .points import Place, find_place, geometry_of
from .request import Request
from .table import Head, Table, batch_of, unique_names
from .unreadable import Unreadable


def read(path: Path, request: Request) -> Table:
    try:
        file = pq.ParquetFile(path, memory_map=False, pre_buffer=False)
        schema = file.schema_arrow
        geo = json.loads((schema.metadata or {}).get(b"geo", b"{}"))
        column = geo.get("primary_column", "")
        described = geo["columns"][column] if column else {}
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Unreadable("corrupt", why=str(error).splitlines()[0][:200] if str(error) else "") from error
    names = [name for name in schema.names if name != column]
    columns = unique_names(names)
    place = None if column else find_place(columns, request)
    crs, told_by = _of_columns(place) if place else _system(described)
    if column and described.get("encoding") != "WKB":
        raise Unreadable("parquet_encoding", encoding=str(described.get("encoding"))[:40])
    rows, format_ = file.metadata.num_rows, "Parquet" if place else "GeoParquet"
    head = Head(format_, columns, crs, told_by, rows=rows, places=place.columns if place else {})
    table = Table(head, iter(()), unplaced=place.refusal if place else None)
    table.batches = _batches(file, table, column, place)
    return table


def _system(described: dict[str, Any]) -> tuple[str, str]:
    """No member: longitude and latitude on WGS 84, says the standard. Null: nobody knows."""
    if "crs" not in described:
        return "EPSG:4326", "standard"
    crs = described["crs"]
    if crs is None:
        return "", ""
    known = crs.get("id", {})
    if known.get("authority") == "OGC" and str(known.get("code")) in ("CRS84", "CRS84h"):
        return "EPSG:4326", "file"
    if known:
        return f"{known['authority']}:{known['code']}", "file"
    return json.dumps(crs), "file"


def _of_columns(place: Place) -> tuple[str, str]:
    return ("EPSG:4326", "columns") if place.degrees else ("", "")


def _batches(file: Any, table: Table, column: str, place: Place | None) -> Iterator[pa.RecordBatch]:
    read = 0
    columns = table.head.columns
    try:
        for batch in file.iter_batches(batch_size=LIMITS.batch_rows, use_threads=False):
            rows = range(read + 1, read + batch.num_rows + 1)
            read += batch.num_rows
            table.done[0] = read / max(table.head.rows or 0, 1)
            others = [values for name, values in zip(batch.schema.names, batch.columns, strict=True) if name != column]
            if place is None:
                yield batch_of(rows, batch.column(column), columns, others)
            else:
                part = pa.RecordBatch.from_arrays(others, names=list(columns))
                geometry, faults = geometry_of(part, place)
                yield batch_of(rows, geometry, columns, others, faults)
    except (pa.ArrowException, OSError) as error:
        raise Unreadable("corrupt", why=str(error).splitlines()[0][:200], after=read) from error
