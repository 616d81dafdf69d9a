"""CSV with coordinates: every value stays text; a row of the wrong length is a fault, not an omission."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from gis.exchange.limits import LIMITS, MIB

from .encodings import codec, detect
from .points import Place, find_place, geometry_of
from .request import Request
from .table import Head, Table, batch_of, fault, unique_names
from .unreadable import Unreadable

DELIMITERS = ",;\t|"
BOMS = {b"\xef\xbb\xbf": "utf_8", b"\xff\xfe": "utf_16_le", b"\xfe\xff": "utf_16_be"}
BLOCK = 2 * MIB
MOST_WRONG_ROWS = 100_000
NO_ROWS = "Empty CSV file or block"  # what Arrow says of a heading alone


def read(path: Path, request: Request) -> Table:
    with path.open("rb") as file:
        start = file.read(MIB)
    encoding, told_by = _encoding(start, request)
    text = start.decode(encoding, "replace").removeprefix("\ufeff")
    delimiter = max(DELIMITERS, key=text.partition("\n")[0].count)
    names = next(csv.reader(io.StringIO(text), delimiter=delimiter), [])
    columns = unique_names(names)
    place = find_place(columns, request)
    degrees = ("EPSG:4326", "columns") if place.degrees else ("", "")
    head = Head("CSV", columns, *degrees, encoding, told_by, places=place.columns)
    table = Table(head, iter(()), unplaced=place.refusal)
    parse = arrow_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True)
    table.batches = _batches(path, table, place, parse, names)
    return table


def _encoding(start: bytes, request: Request) -> tuple[str, str]:
    if request.encoding:
        return codec(request.encoding), "option"
    for mark, encoding in BOMS.items():
        if start.startswith(mark):
            return encoding, "file"
    return detect(start), "detected"


def _batches(
    path: Path, table: Table, place: Place, parse: arrow_csv.ParseOptions, names: list[str]
) -> Iterator[pa.RecordBatch]:
    columns = table.head.columns
    wrong = _WrongRows(columns)
    parse.invalid_row_handler = wrong.note
    # As bytes: one letter that is not UTF-8 must cost its row, not the file.
    convert = arrow_csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.binary()), strings_can_be_null=True, null_values=[""]
    )
    options = arrow_csv.ReadOptions(use_threads=False, block_size=BLOCK, encoding=table.head.encoding)
    size = max(path.stat().st_size, 1)
    with path.open("rb") as file:
        try:
            for batch in arrow_csv.open_csv(file, options, parse, convert):
                table.done[0] = file.tell() / size
                texts = [column.view(pa.string()) for column in batch.columns]
                part = pa.RecordBatch.from_arrays(texts, names=list(columns))
                geometry, faults = geometry_of(part, place)
                yield batch_of(wrong.rows_of_others(len(part)), geometry, columns, texts, faults)
                yield from wrong.batches()
        except (pa.ArrowException, UnicodeError, OSError) as error:
            if NO_ROWS in str(error):
                return
            raise Unreadable("corrupt", why=str(error).splitlines()[0][:200]) from error
    yield from wrong.batches()


class _WrongRows:
    """Rows with more or fewer values than the first line has columns; kept as text in the first column."""

    def __init__(self, columns: tuple[str, ...]) -> None:
        self.columns = columns
        self.waiting: list[Any] = []
        self.numbers: set[int] = set()
        self.next = 1

    def note(self, row: Any) -> str:
        self.waiting.append(row)
        self.numbers.add(row.number - 1)
        return "skip" if len(self.numbers) < MOST_WRONG_ROWS else "error"

    def rows_of_others(self, count: int) -> list[int]:
        """Places in the file of the next rows that are right."""
        ahead = np.arange(self.next, self.next + count + len(self.numbers))
        rows: list[int] = ahead[~np.isin(ahead, list(self.numbers))][:count].tolist()
        self.next = rows[-1] + 1 if rows else self.next
        return rows

    def batches(self) -> Iterator[pa.RecordBatch]:
        while self.waiting:
            part, self.waiting = self.waiting[: LIMITS.batch_rows], self.waiting[LIMITS.batch_rows :]
            faults = [
                fault("row_of_wrong_length", found=row.actual_columns, expected=row.expected_columns) for row in part
            ]
            texts = pa.array([str(row.text) for row in part], pa.string())
            empty = pa.nulls(len(part), pa.string())
            rows = [row.number - 1 for row in part]
            yield batch_of(
                rows,
                pa.nulls(len(part), pa.binary()),
                self.columns,
                [texts, *[empty] * (len(self.columns) - 1)],
                faults,
            )
