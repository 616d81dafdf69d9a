"""From the file into the staging tables: batch by batch, values and geometry judged one row at a time."""

import json
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from gis import crs
from gis.repair import Mender, mender

from .mapping import Plan
from .order import Order, Progress
from .overlaps import Extents
from .positions import Positions, find_positions
from .reasons import BadConstant
from .references import References
from .refusals import EmptyFile
from .sending import Sending
from .shapes import Shapes, prepare, read_wkb
from .source import Batch, Source
from .spool import Spool
from .staging import Staging
from .values import Converter, Faults, as_text


class Intake:
    """Fills the staging tables. Afterwards `positions` tells how coordinates were understood."""

    positions: Positions

    def __init__(self, order: Order, source: Source, staging: Staging, plan: Plan, spool: Spool) -> None:
        self.order = order
        self.source = source
        self.staging = staging
        self.target = staging.target
        self.plan = plan
        self.spool = spool
        self.read = 0
        self._decided = False
        self._boxes: list[tuple[Any, Any]] = []

    def run(self, progress: Progress) -> None:
        """Raises EmptyFile, UnreadableFile, and what `find_positions` raises."""
        with self.staging.acting():
            self.converters = {name: self._converter(name) for name in self.plan.fields}
            self.constants = self._constants()
        with mender() as repairs, Sending(self.staging) as self.sending:
            for batch in self.source.batches():
                self.spool.keep(batch)
                self._stage(batch, repairs)
                self.read += len(batch.rows)
                progress("reading", batch.done, self.read)
        if not self.read:
            raise EmptyFile

    def take_extents(self) -> Extents:
        """Where the rows lie that were staged; empty for a layer whose records may overlap. Nothing is kept of it."""
        if not self._boxes:
            return Extents(np.empty(0, np.int64), np.empty((0, 4)))
        rows, boxes = zip(*self._boxes, strict=True)
        self._boxes = []
        return Extents(np.concatenate(rows), np.concatenate(boxes))

    def _stage(self, batch: Batch, repairs: Mender) -> None:
        shapes = read_wkb(batch.geometry)
        as_read = shapes.stored.copy()
        self._find_positions(shapes)
        prepare(shapes, self.target.geometry.geom_type, self.positions, repairs)
        faults: Faults = {row: told(text) for row, text in enumerate(batch.faults.to_pylist()) if text}
        faults = shapes.faults | faults
        with self.staging.acting():
            columns = self._columns(batch, faults)
        self._copy_faults(batch, faults)
        good = np.array([row for row in range(len(batch.rows)) if row not in faults], dtype=np.int64)
        if len(good):
            self._copy_rows(batch, columns, shapes, as_read, good)

    def _find_positions(self, shapes: Shapes) -> None:
        """The first batch decides for the file; one without any geometry leaves it to the next."""
        sample = shapes.stored[shapes.good][: 0 if self.order.part else None]
        if hasattr(self, "positions") and (len(sample) == 0 or self._decided):
            return
        self._decided = len(sample) > 0
        self.positions = find_positions(
            self.target.holder,
            self.source.head.crs,
            self.order.crs,
            sample,
            swapped=self.order.swap_axes,
            anywhere=not self.target.owned,
        )

    def _columns(self, batch: Batch, faults: Faults) -> dict[str, pa.Array]:
        """Text for COPY, by column of the table; what is wrong is added to the faults."""
        columns = {
            self.target.column(name): self.converters[name].column(batch.attributes.column(column), faults)
            for name, column in self.plan.columns.items()
        }
        for column, value in self.constants.items():
            columns[column] = pa.array([value] * len(batch.rows), pa.string())
        return columns

    def _copy_rows(self, batch: Batch, columns: dict[str, pa.Array], shapes: Shapes, as_read: Any, good: Any) -> None:
        take = pa.array(good)
        stored = shapely.set_srid(shapes.stored[good], crs.STORAGE_SRID)
        notes = [",".join(shapes.notes.get(row, ())) or None for row in good.tolist()]
        values = {"import_row": batch.rows.take(take).cast(pa.string())}
        values |= {name: column.take(take) for name, column in columns.items()}
        values[str(self.target.geometry.column)] = pa.array(_hexes(stored), pa.string())
        values["import_notes"] = pa.array(notes, pa.string())
        values["import_original"] = pa.array(self._originals(as_read[good], notes), pa.string())
        self.sending.copy(self.staging.rows, list(values), pa.table(values))
        if self.target.rule.rivals:
            self._boxes.append((batch.rows.take(take).to_numpy(), shapely.bounds(stored)))

    def _originals(self, came: Any, notes: list[str | None]) -> list[str | None]:
        """The geometry as it came, where what is stored is not the same; PostgreSQL's text of EWKB."""
        source = self.positions.operation.source
        same = source == crs.STORAGE and not self.positions.swapped
        if same and not any(notes):
            return [None] * len(came)
        authority, _colon, number = source.partition(":")
        srid = int(number) if authority == "EPSG" and number.isdecimal() else 0
        texts = _hexes(shapely.set_srid(came, srid), include_srid=srid > 0)
        return [None if same and not note else "\\x" + text for text, note in zip(texts, notes, strict=True)]

    def _copy_faults(self, batch: Batch, faults: Faults) -> None:
        if not faults:
            return
        places = sorted(faults)
        rows = pa.array(places)
        key = self.plan.columns.get(self.target.key)
        values = {
            "import_row": batch.rows.take(rows).cast(pa.string()),
            "code": pa.array([faults[place][0] for place in places], pa.string()),
            "details": pa.array([json.dumps(faults[place][1], default=str) for place in places], pa.string()),
            "key": as_text(batch.attributes.column(key)).take(rows) if key else pa.nulls(len(rows), pa.string()),
        }
        self.sending.copy(self.staging.faults, list(values), pa.table(values))

    def _converter(self, name: str) -> Converter:
        look_up = References(self.target, name).look_up if self.target.fields[name].many_to_one else None
        return Converter(self.target, name, self.plan.recodes.get(name, {}), self.order.dates, look_up)

    def _constants(self) -> dict[str, str | None]:
        """Values given for the whole file; a wrong one is the operator's, not a row's."""
        constants: dict[str, str | None] = {}
        for name, value in self.plan.values.items():
            faults: Faults = {}
            answer = self.converters[name].column(pa.array([value], pa.string()), faults)
            for code, details in faults.values():
                raise BadConstant(self.target, code, details)
            constants[self.target.column(name)] = answer[0].as_py()
        return constants


def _hexes(geometries: Any, *, include_srid: bool = True) -> list[str]:
    """EWKB as text. GEOS' own hexadecimal writer goes byte by byte through a stream, Python's does not."""
    data = shapely.to_wkb(geometries, include_srid=include_srid, flavor="extended")
    return [one.hex() for one in data]


def told(text: str) -> tuple[str, dict[str, Any]]:
    """A fault as the reading process wrote it."""
    details: dict[str, Any] = json.loads(text)
    return details.pop("code"), details
