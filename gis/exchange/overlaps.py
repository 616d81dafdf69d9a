"""Which of many outlines lie on each other by more than the survey tolerance: the rule of the database, set-based.

A clean cadastre has millions of neighbours that touch and hardly any that overlap. GEOS' coverage check finds the
outlines whose edges do not fit in one pass over each part of the map (measured: 22 s of processor time for a million
parcels of nine points, where asking each pair took 52); only pairs of those are looked at one by one.
"""

import math
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.measure import EARTH, METRES_PER_DEGREE

from .positions import Geometries
from .refusals import TooDense

# Outlines looked at together: 20,000 take about 50 MB.
PART = 20_000
THREADS = 2
# Outlines whose neighbours are asked for at once, so that a pile of them cannot fill the memory.
ASKED = 256
# A cadastre has about four neighbours for each parcel; a pile of outlines on one place has thousands.
MOST_NEIGHBOURS = 200
INTERIORS_MEET = "2********"

Rows = NDArray[np.int64]
Fetch = Callable[[Rows], Geometries]
Tell = Callable[[float], None]  # how much is done, 0 to 1


@dataclass(frozen=True)
class Overlap:
    """Two rows (the smaller first) and the mean width of what they share, in metres."""

    one: int
    other: int
    width_m: float


@dataclass(frozen=True)
class Extents:
    """Bounding boxes (west, south, east, north in degrees) of rows, in one array each: 40 MB for a million."""

    rows: Rows
    boxes: NDArray[np.float64]

    def without(self, rows: Rows) -> "Extents":
        kept = ~np.isin(self.rows, rows)
        return Extents(self.rows[kept], self.boxes[kept])

    def near(self, rows: Rows) -> "Extents":
        """Those whose box meets one of these rows', which are among them.

        Asked in pieces: the outlines of a million boxes take 300 MB.
        """
        tree = shapely.STRtree(shapely.box(*self.boxes[np.isin(self.rows, rows)].T))
        starts = range(0, len(self.rows) if len(tree) else 0, PART)
        met = [start + tree.query(shapely.box(*self.boxes[start : start + PART].T))[0] for start in starts]
        kept = np.unique(np.concatenate([np.empty(0, np.intp), *met]))
        return Extents(self.rows[kept], self.boxes[kept])


def find_overlaps(extents: Extents, fetch: Fetch, tolerance_m: float, tell: Tell = lambda done: None) -> list[Overlap]:
    """Every pair that overlaps by more than the tolerance. `fetch` gives the geometries of rows, in their order.

    Raises TooDense for what is no map of parcels.
    """
    found: dict[tuple[int, int], Overlap] = {}
    looked_at = 0
    judged: deque[tuple[int, Future[list[Overlap]]]] = deque()

    def take_oldest() -> None:
        nonlocal looked_at
        rows, overlaps = judged.popleft()
        found.update(((overlap.one, overlap.other), overlap) for overlap in overlaps.result())
        looked_at += rows
        tell(min(1.0, looked_at / len(extents.rows)))

    with ThreadPoolExecutor(THREADS) as threads:
        # Fetching is the database's work, judging ours: the next part is fetched while two are judged, and no more.
        for rows in _parts(extents):
            judged.append((len(rows), threads.submit(_in_part, rows, fetch(rows), tolerance_m)))
            if len(judged) > THREADS:
                take_oldest()
        while judged:
            take_oldest()
    return list(found.values())


def mean_width_m(shared: Any) -> float:
    """How wide the widest part is that two areas share: twice its area over its outline, to the millimetre.

    And no wider than a disc of that outline: of a speck the geodesic area is noise (gis_overlap_width).
    """
    parts = [part for part in shapely.get_parts(shared) if part.geom_type in ("Polygon", "MultiPolygon")]
    widths = [0.0]
    for part in shapely.get_parts(parts):
        area, outline = EARTH.geometry_area_perimeter(shapely.orient_polygons(part))
        widths.append(min(2 * abs(area) / outline, outline / (2 * math.pi)) if outline else 0.0)
    return round(max(widths), 3)


def losers(overlaps: list[Overlap], settled: set[int]) -> dict[int, Overlap]:
    """The rows that must go, each with the overlap that decides: the later row of a pair, unless it is settled.

    A row that goes is nobody's rival: of three in a chain the first and the last stay.
    """
    rivals: dict[int, list[tuple[int, Overlap]]] = {}
    for overlap in overlaps:
        early, late = sorted((overlap.one, overlap.other), key=lambda row: (row not in settled, row))
        if late not in settled:
            rivals.setdefault(late, []).append((early, overlap))
    gone: dict[int, Overlap] = {}
    for row in sorted(rivals):
        decisive = next((overlap for rival, overlap in rivals[row] if rival not in gone), None)
        if decisive is not None:
            gone[row] = decisive
    return gone


def _parts(extents: Extents) -> Iterator[Rows]:
    """Rows of each part of the map, with those of its neighbours that reach into it."""
    for own in _split(extents.boxes, np.arange(len(extents.rows))):
        boxes = extents.boxes[own]
        west, south = boxes[:, :2].min(axis=0)
        east, north = boxes[:, 2:].max(axis=0)
        all_w, all_s, all_e, all_n = extents.boxes.T
        yield extents.rows[(all_w <= east) & (all_e >= west) & (all_s <= north) & (all_n >= south)]


def _split(boxes: NDArray[np.float64], rows: NDArray[np.intp]) -> Iterator[NDArray[np.intp]]:
    """Halve along the longer side until a part is small."""
    if len(rows) == 0:
        return
    if len(rows) <= PART:
        yield rows
        return
    middles = boxes[rows, :2] + boxes[rows, 2:]
    axis = int(np.argmax(np.ptp(middles, axis=0)))
    order = np.argpartition(middles[:, axis], len(rows) // 2)
    yield from _split(boxes, rows[order[: len(rows) // 2]])
    yield from _split(boxes, rows[order[len(rows) // 2 :]])


def _in_part(rows: Rows, geometries: Geometries, tolerance_m: float) -> list[Overlap]:
    odd = ~shapely.is_empty(shapely.coverage_invalid_edges(geometries))
    if not odd.any():
        return []
    tree = shapely.STRtree(geometries)
    suspects = np.flatnonzero(odd)
    found: list[Overlap] = []
    seen = 0
    for start in range(0, len(suspects), ASKED):
        asked = suspects[start : start + ASKED]
        one, other = tree.query(geometries[asked])
        seen += len(one)
        if seen > MOST_NEIGHBOURS * max(len(rows), 1000):
            raise TooDense(neighbours=MOST_NEIGHBOURS)
        one = asked[one]
        # A pair of suspects is met twice, a suspect and a neat neighbour once.
        once = (one < other) | ((one > other) & ~odd[other])
        found += _measured(rows, geometries, one[once], other[once], tolerance_m)
    return found


def _measured(rows: Rows, geometries: Geometries, one: Any, other: Any, tolerance_m: float) -> list[Overlap]:
    wide = _may_overlap(geometries[one], geometries[other], tolerance_m)
    one, other = one[wide], other[wide]
    meet = shapely.relate_pattern(geometries[one], geometries[other], INTERIORS_MEET)
    found = []
    for first, second in zip(one[meet], other[meet], strict=True):
        width = mean_width_m(shapely.intersection(geometries[first], geometries[second]))
        if width > tolerance_m:
            low, high = sorted((int(rows[first]), int(rows[second])))
            found.append(Overlap(low, high, width))
    return found


def _may_overlap(one: Geometries, other: Geometries, tolerance_m: float) -> Any:
    """The mean width of what two outlines share is at most the shorter side of what their boxes share."""
    low = np.maximum(shapely.bounds(one)[:, :2], shapely.bounds(other)[:, :2])
    high = np.minimum(shapely.bounds(one)[:, 2:], shapely.bounds(other)[:, 2:])
    # A degree is nowhere longer than this; of longitude it is shorter, so nothing is lost.
    return ((high - low) * (METRES_PER_DEGREE * 1.02) > tolerance_m).all(axis=1)
