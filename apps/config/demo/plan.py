"""The skeleton: roads along and across, wadis, and the districts between them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, product

import numpy as np
from shapely import LineString, MultiLineString, line_merge

from .dice import Numbers
from .patch import Edge, Patch
from .site import Column, District, Row, Site
from .terrain import Terrain

EDGES = {
    "coast": Edge("coast", 15),
    "arterial": Edge("arterial", 14),
    "dual": Edge("dual", 42, lane=32),
    "wadi": Edge("wadi", 80, lane=66),
}
CURVE_POINTS = 60
STRAIGHT = 900.0  # v at which a leaning column stands where the file says
HIGHWAY_REACH = 6500.0  # metres that the dual carriageway runs on beyond the town, to the border at least


@dataclass(frozen=True)
class Quarter:
    """A district and its ground."""

    district: District
    column: int
    row: int
    patch: Patch


@dataclass(frozen=True)
class Plan:
    """Lines of the town in its own frame."""

    site: Site
    terrain: Terrain

    def row_line(self, row: Row, u: Numbers) -> Numbers:
        """v of a road along the town."""
        wobble = 34 * self.terrain.noise(f"row {row.v}", 1900)(u)
        if row.kind == "dual":
            wobble = wobble + 260 * self.terrain.noise("highway", 6200)(u)
        line: Numbers = row.v + row.bend * self.terrain.bend(u) + wobble
        return line

    def column_line(self, column: Column, v: Numbers) -> Numbers:
        """u of a road or wadi across the town; wadis wander more."""
        swing, wave = (48.0, 680.0) if column.kind == "wadi" else (60.0, 1700.0)
        line: Numbers = (
            column.u + column.lean * (v - STRAIGHT) + swing * self.terrain.noise(f"column {column.u}", wave)(v)
        )
        return line

    def node(self, column: Column, row: Row) -> tuple[float, float]:
        """Where two of them cross."""
        return self._nodes[column.u, row.v]

    @cached_property
    def _nodes(self) -> dict[tuple[float, float], tuple[float, float]]:
        found = {}
        for column, row in product(self.site.columns, self.site.rows):
            u, v = np.array([column.u]), np.array([row.v])
            for _step in range(15):
                v = self.row_line(row, u)
                u = self.column_line(column, v)
            found[column.u, row.v] = float(u[0]), float(v[0])
        return found

    @cached_property
    def quarters(self) -> list[Quarter]:
        found = []
        for c, (west, east) in enumerate(pairwise(self.site.columns)):
            for r, district in enumerate(west.east):
                if district.kind != "none":
                    patch = self._patch(west, east, self.site.rows[r], self.site.rows[r + 1])
                    found.append(Quarter(district, c, r, patch))
        return found

    @cached_property
    def _taken(self) -> set[tuple[int, int]]:
        return {(quarter.column, quarter.row) for quarter in self.quarters}

    def _patch(self, west: Column, east: Column, south: Row, north: Row) -> Patch:
        edges = (EDGES[south.kind], EDGES[north.kind], EDGES[west.kind], EDGES[east.kind])
        return Patch(
            south=self._along(south, west, east),
            north=self._along(north, west, east),
            west=self._across(west, south, north),
            east=self._across(east, south, north),
            edges=edges,
        )

    def _along(self, row: Row, west: Column, east: Column) -> Numbers:
        start, end = self.node(west, row), self.node(east, row)
        u = np.linspace(start[0], end[0], CURVE_POINTS)
        curve = np.column_stack([u, self.row_line(row, u)])
        curve[0], curve[-1] = start, end
        return curve

    def _across(self, column: Column, south: Row, north: Row) -> Numbers:
        start, end = self.node(column, south), self.node(column, north)
        v = np.linspace(start[1], end[1], CURVE_POINTS)
        curve = np.column_stack([self.column_line(column, v), v])
        curve[0], curve[-1] = start, end
        return curve

    def row_road(self, r: int) -> MultiLineString:
        """The road along the town, where it has a district beside it; the dual one comes from elsewhere and goes on."""
        row, columns, taken = self.site.rows[r], self.site.columns, self._taken
        dual = row.kind == "dual"
        parts = [
            self._along(row, west, east)
            for c, (west, east) in enumerate(pairwise(columns))
            if dual or not taken.isdisjoint({(c, r - 1), (c, r)})
        ]
        if dual:
            first, last = self.node(columns[0], row)[0], self.node(columns[-1], row)[0]
            west, east = np.linspace(first - HIGHWAY_REACH, first, 60), np.linspace(last, last + HIGHWAY_REACH, 60)
            parts += [np.column_stack([u, self.row_line(row, u)]) for u in (west, east)]
        return _merged(parts)

    def column_road(self, c: int) -> MultiLineString:
        """The road across the town, where it has a district beside it."""
        column, taken = self.site.columns[c], self._taken
        return _merged(
            self._across(column, south, north)
            for r, (south, north) in enumerate(pairwise(self.site.rows))
            if not taken.isdisjoint({(c - 1, r), (c, r)})
        )


def _merged(parts: Iterable[Numbers]) -> MultiLineString:
    """Pieces that meet, as one line."""
    merged = line_merge(MultiLineString([LineString(part) for part in parts]))
    return merged if isinstance(merged, MultiLineString) else MultiLineString([merged])
