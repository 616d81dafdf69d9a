"""The geometry of a batch: read, judged, brought to storage, repaired where that is safe.

What is stored is two-dimensional, sound, of the layer's kind and inside the jurisdiction; the original stays with the
record (`spatial_origin`) or in quarantine.
"""

import struct
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from gis.findings import Finding, Note, Reason
from gis.geometry import check_all, small_enough
from gis.repair import Mender, Repaired
from gis.wkb import from_wkb

from .positions import Geometries, Positions, swap
from .values import Faults

# A repair may move the area of an outline by this part of it, or by this much; more is a question for the surveyor.
AREA_PART = 0.001
AREA_M2 = 1.0


# First bytes of points, lines and polygons: byte order and type; ISO adds thousands for Z and M, PostGIS sets bits.
PLAIN = {
    struct.pack(order, number, kind + dimensions)
    for order, number in (("<BI", 1), (">BI", 0))
    for kind in (1, 2, 3)
    for dimensions in (0, 1000, 2000, 3000, 0x80000000, 0x40000000, 0xC0000000)
}


@dataclass
class Shapes:
    """`stored` has None where there is a fault; `notes` tell what was changed, by row of the batch."""

    stored: Geometries
    faults: Faults = field(default_factory=dict)
    notes: dict[int, list[Note]] = field(default_factory=dict)

    def reject(self, row: int, finding: Finding) -> None:
        self._fault(row, finding.reason.value, finding.details)

    def _fault(self, row: int, code: str, details: dict[str, Any]) -> None:
        self.faults.setdefault(row, (code, details))
        self.stored[row] = None

    def fault_all(self, rows: Any, code: str, **details: Any) -> None:
        for row in rows:
            self._fault(int(row), code, details)

    @property
    def good(self) -> Any:
        """The rows without a fault."""
        return np.flatnonzero(~shapely.is_missing(self.stored))


def read_wkb(column: pa.Array) -> Shapes:
    """The geometries as they came. What cannot nest is read all at once, the rest with care, one by one."""
    data = np.array(column.to_pylist(), dtype=object)
    plain = np.array([one is not None and one[:5] in PLAIN for one in data], dtype=bool)
    found = np.empty(len(data), dtype=object)
    found[plain] = shapely.from_wkb(data[plain], on_invalid="ignore")
    shapes = Shapes(found)
    for row in np.flatnonzero(shapely.is_missing(found)):
        geometry = Finding(Reason.MISSING) if data[row] is None else from_wkb(data[row])
        if isinstance(geometry, Finding):
            shapes.reject(int(row), geometry)
        else:
            found[row] = geometry
    return shapes


def prepare(shapes: Shapes, kind: str, positions: Positions, mender: Mender) -> None:
    """Bring the read geometries of a batch to storage, of the kind the layer's model declares."""
    _single_part(shapes, kind)
    _flatten(shapes)
    _judge(shapes, small_enough(shapes.stored))
    _store(shapes, positions)
    found = check_all(shapes.stored, kind=kind)
    broken = [row for row, finding in enumerate(found) if finding and finding.reason == Reason.INVALID]
    for row in broken:
        found[row] = None
    _judge(shapes, found)
    _mend(shapes, broken, kind, mender)
    if kind.startswith("MULTI"):
        _make_multi(shapes)
    _locate(shapes, positions)


def _judge(shapes: Shapes, found: list[Finding | None]) -> None:
    for row, finding in enumerate(found):
        if finding is not None and row not in shapes.faults:
            shapes.reject(row, finding)


def _single_part(shapes: Shapes, kind: str) -> None:
    """A collection of one is that one: files of points are often written as multipoints."""
    if kind.startswith(("MULTI", "GEOMETRY")):
        return
    several = np.flatnonzero(shapely.get_type_id(shapes.stored) > 3)
    for row in several:
        if shapely.get_num_geometries(shapes.stored[row]) == 1:
            shapes.stored[row] = shapely.get_geometry(shapes.stored[row], 0)


def _flatten(shapes: Shapes) -> None:
    heights, measures = shapely.has_z(shapes.stored), shapely.has_m(shapes.stored)
    for row in np.flatnonzero(heights):
        shapes.notes.setdefault(int(row), []).append(Note.HEIGHTS_DROPPED)
    for row in np.flatnonzero(measures):
        shapes.notes.setdefault(int(row), []).append(Note.MEASURES_DROPPED)
    if heights.any() or measures.any():
        shapes.stored = shapely.force_2d(shapes.stored)


def _store(shapes: Shapes, positions: Positions) -> None:
    """What was a number and is none afterwards lies where its system is not defined."""
    stored = positions.store(shapes.stored)
    if stored is shapes.stored:
        return
    was_finite, is_finite = _all_finite(shapes.stored), _all_finite(stored)
    shapes.stored = stored
    shapes.fault_all(np.flatnonzero(was_finite & ~is_finite), "outside_system", system=positions.operation.source)


def _all_finite(geometries: Geometries) -> Any:
    numbers, owner = shapely.get_coordinates(geometries, return_index=True)
    good = np.ones(len(geometries), bool)
    good[owner[~np.isfinite(numbers).all(axis=1)]] = False
    return good


def _mend(shapes: Shapes, rows: list[int], kind: str, mender: Mender) -> None:
    if not rows:
        return
    broken = [shapes.stored[row] for row in rows]
    for row, answer in zip(rows, mender.repair_all(broken, kind=kind), strict=True):
        if isinstance(answer, Finding):
            shapes.reject(row, answer)
        elif not _harmless(answer):
            before, after = f"{answer.area_before_m2:.1f}", f"{answer.area_after_m2:.1f}"
            shapes.fault_all([row], "repair_changes_area", before=before, after=after)
        else:
            shapes.stored[row] = answer.geometry
            shapes.notes.setdefault(row, []).append(Note.REPAIRED)


def _harmless(answer: Repaired) -> bool:
    moved = abs(answer.area_after_m2 - answer.area_before_m2)
    return moved <= max(AREA_M2, AREA_PART * answer.area_after_m2)


def _make_multi(shapes: Shapes) -> None:
    kinds = shapely.get_type_id(shapes.stored)
    for type_id, gather in enumerate((shapely.multipoints, shapely.multilinestrings, None, shapely.multipolygons)):
        rows = np.flatnonzero(kinds == type_id)
        if gather is not None and len(rows):
            shapes.stored[rows] = gather(shapes.stored[rows], indices=np.arange(len(rows)))


def _locate(shapes: Shapes, positions: Positions) -> None:
    rows = shapes.good
    if positions.inside is None or not len(rows):
        return
    outside = rows[positions.outside(shapes.stored[rows])]
    if not len(outside):
        return
    turned = ~positions.outside(swap(shapes.stored[outside]))
    name = positions.holder.code
    shapes.fault_all(outside[turned], "swapped_axes", authority=name)
    shapes.fault_all(outside[~turned], "outside_jurisdiction", authority=name)
