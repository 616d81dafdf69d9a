"""The file's rows as they came, on disk, so that those that end in quarantine keep their originals."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from .source import Batch


@dataclass(frozen=True)
class Original:
    """One row as it came."""

    row: int
    geometry: bytes | None
    attributes: dict[str, Any]


class Spool:
    """Batches written one after the other, compressed, and found again by row."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "originals.arrow"
        self.writer: pa.ipc.RecordBatchFileWriter | None = None
        self.rows: list[Any] = []

    def keep(self, batch: Batch) -> None:
        arrays = [batch.geometry, *batch.attributes.columns]
        whole = pa.RecordBatch.from_arrays(arrays, names=[":geometry", *batch.attributes.schema.names])
        if self.writer is None:
            self.writer = pa.ipc.new_file(
                str(self.path), whole.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")
            )
        self.writer.write_batch(whole)
        # A copy: the numbers alone would keep the whole batch, geometries and all, in memory.
        self.rows.append(batch.rows.to_numpy(zero_copy_only=False).copy())

    def find(self, rows: Iterable[int]) -> Iterator[Original]:
        """The originals of these rows, in the order of the file."""
        if self.writer is None:
            return
        self.writer.close()
        wanted = np.fromiter(rows, dtype=np.int64)
        with pa.OSFile(str(self.path)) as file:
            reader = pa.ipc.open_file(file)
            for number, present in enumerate(self.rows):
                places = np.flatnonzero(np.isin(present, wanted))
                if len(places):
                    yield from _originals(reader.get_batch(number).take(pa.array(places)), present[places])


def _originals(batch: pa.RecordBatch, rows: Any) -> Iterator[Original]:
    for row, values in zip(rows.tolist(), batch.to_pylist(), strict=True):
        yield Original(row, values.pop(":geometry"), {name: _plain(value) for name, value in values.items()})


def _plain(value: Any) -> Any:
    """As JSON can say it; PostgreSQL's JSON knows no zero byte."""
    if isinstance(value, str):
        return value.replace("\x00", "\\u0000")
    if isinstance(value, float):
        return value if np.isfinite(value) else str(value)
    if value is None or isinstance(value, bool | int | list | dict):
        return value
    return str(value)
