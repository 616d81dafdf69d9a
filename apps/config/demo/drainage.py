"""Where water would run: rough ground flooded from its outlets upward gives wadis that join as real ones do."""

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

import numpy as np
from numpy.typing import NDArray
from shapely import LineString, Polygon, contains_xy, prepare

from .dice import Noise, Numbers

CELL = 100.0  # metres
LEAST = 20  # cells of catchment from which a course is drawn: a fifth of a square kilometre
NEIGHBOURS = tuple((r, c) for r in (-1, 0, 1) for c in (-1, 0, 1) if r or c)

Cell = tuple[int, int]


@dataclass
class Ground:
    """A grid: heights in metres, where water may run, and the cells where it leaves."""

    west: float
    south: float
    height: Numbers
    open: NDArray[np.bool_]
    outlets: list[Cell]

    def point(self, cell: Cell) -> tuple[float, float]:
        return self.west + (cell[1] + 0.5) * CELL, self.south + (cell[0] + 0.5) * CELL

    def around(self, cell: Cell) -> Iterator[Cell]:
        """Open neighbours."""
        rows, columns = self.height.shape
        for dr, dc in NEIGHBOURS:
            r, c = cell[0] + dr, cell[1] + dc
            if 0 <= r < rows and 0 <= c < columns and self.open[r, c]:
                yield r, c


def survey(area: Polygon, dry: Polygon, trunks: list[LineString], hills: Noise, rng: np.random.Generator) -> Ground:
    """A rough plain that rises inland; trunk wadis lie lowest, the dry land of the town lets no water in."""
    west, south, east, north = area.bounds
    u = np.arange(west, east, CELL) + CELL / 2
    v = np.arange(south, north, CELL) + CELL / 2
    uu, vv = np.meshgrid(u, v)
    height = 0.01 * (vv - south) + 26 * hills(uu, vv) + rng.uniform(0, 24, uu.shape)
    inside = _mask(area, uu, vv) & ~_mask(dry, uu, vv)
    courses = _cells(trunks, west, south, uu.shape)
    for cell in courses:
        height[cell] = 0.001 * cell[0]
        inside[cell] = True
    outlets = [(0, c) for c in range(uu.shape[1]) if inside[0, c]] + courses
    return Ground(west, south, height, inside, outlets)


def streams(ground: Ground) -> Iterator[tuple[LineString, int]]:
    """Courses from source or confluence to confluence, each with its catchment in cells."""
    down, order = _drain(ground)
    catchment = dict.fromkeys(order, 1)
    feeders: dict[Cell, int] = {}
    for cell in reversed(order):
        if cell in down:
            catchment[down[cell]] += catchment[cell]
            if catchment[cell] >= LEAST:
                feeders[down[cell]] = feeders.get(down[cell], 0) + 1
    for cell in order:
        if catchment[cell] < LEAST or feeders.get(cell, 0) == 1 or cell not in down:
            continue
        path = [cell, down[cell]]
        while feeders.get(path[-1], 0) == 1 and path[-1] in down:
            path.append(down[path[-1]])
        yield _course(path, ground), catchment[path[-2]]


def smooth(points: Numbers, times: int = 2) -> Numbers:
    """Corners cut (Chaikin): a course, not a staircase. Ends stay."""
    for _time in range(times):
        near, far = points[:-1] * 0.75 + points[1:] * 0.25, points[:-1] * 0.25 + points[1:] * 0.75
        middle = np.column_stack([near, far]).reshape(-1, 2)
        points = np.concatenate([points[:1], middle, points[-1:]])
    return points


def _drain(ground: Ground) -> tuple[dict[Cell, Cell], list[Cell]]:
    """The cell each one drains to, and the cells from the outlets upstream (priority flood)."""
    heap = [(float(ground.height[cell]), cell) for cell in ground.outlets]
    heapify(heap)
    seen = set(ground.outlets)
    down: dict[Cell, Cell] = {}
    order: list[Cell] = []
    while heap:
        _height, cell = heappop(heap)
        order.append(cell)
        for near in ground.around(cell):
            if near not in seen:
                seen.add(near)
                down[near] = cell
                heappush(heap, (float(ground.height[near]), near))
    return down, order


def _course(path: list[Cell], ground: Ground) -> LineString:
    """A path of cells as a bending line; its ends stay, for others join there."""
    points = np.array([ground.point(cell) for cell in path])
    rough = LineString(points).simplify(CELL * 0.5)
    return LineString(smooth(np.asarray(rough.coords), 3))


def _mask(area: Polygon, u: Numbers, v: Numbers) -> NDArray[np.bool_]:
    prepare(area)
    inside: NDArray[np.bool_] = contains_xy(area, u.ravel(), v.ravel()).reshape(u.shape)
    return inside


def _cells(lines: list[LineString], west: float, south: float, shape: tuple[int, ...]) -> list[Cell]:
    """The cells that lines run through, from their first ends on."""
    found: dict[Cell, None] = {}
    for line in lines:
        for u, v in line.segmentize(CELL / 2).coords:
            cell = (int((v - south) // CELL), int((u - west) // CELL))
            if 0 <= cell[0] < shape[0] and 0 <= cell[1] < shape[1]:
                found[cell] = None
    return list(found)
