"""What every reader gives: a head that describes the table, and its rows as Arrow batches.

A batch's first columns are ROW (its place in the file, from 1), GEOMETRY (WKB, as read) and FAULT (why this row could
not be read, as JSON); the file's own columns follow. Nothing is interpreted here: text stays text.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from gis.exchange.limits import LIMITS

from .letters import kept
from .unreadable import Unreadable

ROW, GEOMETRY, FAULT = ":row", ":geometry", ":fault"
FIXED = (ROW, GEOMETRY, FAULT)
# Metadata of the stream under which the head travels, and of each batch how much of the file is done.
HEAD, DONE = b"head", b"done"


# Why each row of a batch could not be read, None where it could.
Faults = Sequence[str | None] | None
# What else was found out about the file, as codes of `gis.exchange.report.REMARKS` with their details.
Remarks = tuple[tuple[str, dict[str, Any]], ...]


@dataclass(frozen=True)
class Head:
    """`crs` is "EPSG:n", a WKT, or "" where the file does not say; `*_from` tells how we know.

    `rows` is None where only reading to the end would tell.
    """

    format: str
    columns: tuple[str, ...]
    crs: str = ""
    crs_from: str = ""
    encoding: str = ""
    encoding_from: str = ""
    rows: int | None = None
    remarks: Remarks = ()
    # The columns that the geometry is made of, by "x", "y" or "wkt"; none where the format has geometry of its own.
    places: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> bytes:
        return json.dumps(kept(asdict(self))).encode()

    @classmethod
    def from_json(cls, text: bytes) -> "Head":
        values = json.loads(text)
        return cls(**values | {"columns": tuple(values["columns"]), "remarks": tuple(map(tuple, values["remarks"]))})


@dataclass
class Table:
    """`done` (0 to 1) is kept up to date by the batches as they are drawn.

    `unplaced` is why no columns of coordinates were found, in a look; the rows have no geometry then.
    """

    head: Head
    batches: Iterator[pa.RecordBatch]
    done: list[float] = field(default_factory=lambda: [0.0])
    unplaced: Unreadable | None = None


def fault(code: str, **details: object) -> str:
    """A row's fault as it travels in the batch."""
    return json.dumps({"code": code, **kept(details)}, ensure_ascii=False)


def batch_of(
    rows: Sequence[int], geometry: pa.Array, names: Sequence[str], columns: Sequence[pa.Array], faults: Faults = None
) -> pa.RecordBatch:
    """One batch in the common shape. Text that is not UTF-8 becomes readable text and a fault of its row."""
    noted: list[str | None] = list(faults) if faults is not None else [None] * len(rows)
    clean = [_clean(name, column, noted) for name, column in zip(names, columns, strict=True)]
    fixed = [pa.array(rows, pa.int64()), geometry.cast(pa.binary()), pa.array(noted, pa.string())]
    return pa.RecordBatch.from_arrays([*fixed, *clean], names=[*FIXED, *names])


def empty_schema(head: Head) -> pa.Schema:
    """The schema of a table without rows."""
    kinds = (pa.int64(), pa.binary(), pa.string())
    fixed = [pa.field(name, kind) for name, kind in zip(FIXED, kinds, strict=True)]
    return pa.schema([*fixed, *(pa.field(name, pa.string()) for name in head.columns)])


def unique_names(names: Sequence[str]) -> tuple[str, ...]:
    """The names of a file's columns, as text, neither too many nor too long; a mapping names each of them once."""
    if len(names) > LIMITS.columns:
        raise Unreadable("too_many_columns", columns=len(names), most=LIMITS.columns)
    seen = set(FIXED)
    result = []
    for place, name in enumerate(names, start=1):
        text = kept(name).strip()[: LIMITS.column_name] or f"column {place}"
        while text in seen:
            text = f"{text} ({place})"
        seen.add(text)
        result.append(text)
    return tuple(result)


def _clean(name: str, column: pa.Array, faults: list[str | None]) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_large_string(column.type):
        column = column.view(pa.large_binary()).cast(pa.binary()).view(pa.string())
    if not pa.types.is_string(column.type):
        return column
    try:
        column.validate(full=True)
        readable = not pc.any(pc.match_substring(column, "\0")).as_py()  # text in the database holds no such sign
    except pa.ArrowInvalid:
        readable = False
    return column if readable else _repaired(name, column, faults)


def _repaired(name: str, column: pa.Array, faults: list[str | None]) -> pa.Array:
    raw = column.view(pa.binary())
    texts: list[str | None] = []
    for row, value in enumerate(raw.to_pylist()):
        try:
            text = None if value is None else value.decode()
        except UnicodeDecodeError:
            text = value.decode(errors="backslashreplace")
            faults[row] = faults[row] or fault("text_not_utf8", column=name)
        if text is not None and "\0" in text:
            text = str(kept(text))
            faults[row] = faults[row] or fault("text_with_nul", column=name)
        texts.append(text)
    return pa.array(texts, pa.string())
