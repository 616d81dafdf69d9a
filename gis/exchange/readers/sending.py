"""What the reading process hands over: the table as a stream, or a look at what is in the file."""

from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import shapely

from .request import Request
from .table import DONE, HEAD, Table, empty_schema
from .unreadable import Unreadable

# Different values shown of a column, and how long each may be.
SAMPLES, LETTERS = 5, 80


pa.set_cpu_count(1)
pa.set_io_thread_count(1)


def send(table: Table, out: IO[bytes], batches: Iterable[pa.RecordBatch] | None = None) -> int:
    """Write the table's batches, or those of them that are given; returns the number of rows."""
    rows = 0
    batches = iter(table.batches if batches is None else batches)
    first = next(batches, None)
    schema = first.schema if first is not None else empty_schema(table.head)
    with pa.ipc.new_stream(out, schema.with_metadata({HEAD: table.head.to_json()})) as writer:
        while first is not None:
            writer.write_batch(first, custom_metadata={DONE: str(table.done[0])})
            rows += first.num_rows
            first = next(batches, None)
    out.flush()
    return rows


def look(reader: Any, path: Path, request: Request, inside: str, out: IO[bytes]) -> dict[str, Any]:
    """Write the first batch, and tell what is in the file; `inside` is the way to it in an archive of several.

    `tables` is empty where a format has but one; `counts` says how many rows each has, where that is quickly known.
    Without a word which table, the first is looked at; `whole` is how
    all of them are asked for at once, None where one must be named. `extent` is of the `seen` first rows, in the file's
    own system: west, south, east, north as the file orders them. Raises Unreadable; of a table of which no column is
    known to hold the place it has the columns and the samples of each among its details.
    """
    lister = getattr(reader, "tables", None)
    names: list[str] = lister(path, request) if lister else []
    table = _open(reader, path, request, names)
    first = next(iter(table.batches), None)
    seen = 0 if first is None else first.num_rows
    samples = {} if first is None else {name: _sample(first.column(name)) for name in table.head.columns}
    if table.unplaced is not None:
        raise Unreadable(table.unplaced.code, **table.unplaced.details, samples=samples)
    send(table, out, [] if first is None else [first])
    counter = getattr(reader, "counts", None)
    counts: dict[str, int] = counter(path, request, names) if counter and len(names) > 1 else {}
    return {
        "tables": [inside + name for name in names],
        "counts": {inside + name: count for name, count in counts.items()},
        "whole": None if lister and reader.NEEDS_TABLE else inside.removesuffix("/"),
        "samples": samples,
        "seen": seen,
        "extent": None if first is None else _extent(first.column(1)),
        "faults": 0 if first is None else seen - first.column(2).null_count,
    }


def _open(reader: Any, path: Path, request: Request, names: list[str]) -> Table:
    if request.table or not names or not reader.NEEDS_TABLE:
        opened: Table = reader.read(path, request)
        return opened
    return reader.read(path, request.of_table(names[0]))  # type: ignore[no-any-return]


def _sample(column: pa.Array) -> list[str]:
    found: dict[str, None] = {}
    for value in column:
        told = value.as_py()
        if told is None or told == "":
            continue
        found[str(told)[:LETTERS]] = None
        if len(found) == SAMPLES:
            break
    return list(found)


def _extent(geometry: pa.Array) -> list[float] | None:
    try:
        shapes = shapely.from_wkb(geometry.to_pylist(), on_invalid="ignore")
    except NotImplementedError:  # curves: an import says of each which one
        return None
    bounds = [float(one) for one in shapely.total_bounds(shapes)]
    return None if any(one != one for one in bounds) else bounds
