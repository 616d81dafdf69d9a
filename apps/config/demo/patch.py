"""A district between four curves, measured in metres from its own corner.

A Coons patch: its edges are exactly the curves of the roads around it, so neighbours never overlap and nothing is left
over. `at(x, y)` takes metres inside the reserves of those roads; less than nought or more than the size reaches into
the reserve, up to the road's middle.
"""

from dataclasses import dataclass

import numpy as np
from shapely import LineString, Polygon

from .dice import Numbers


@dataclass(frozen=True)
class Edge:
    """What runs along one side: `reserve` is how far plots keep from its middle line.

    `lane` is how far from that line a road beside it runs: along a wadi's bank, or serving a dual carriageway.
    """

    kind: str
    reserve: float
    lane: float = 0.0

    @property
    def reach(self) -> float:
        """Metres from the plots to the nearest road of this side."""
        return self.reserve - self.lane


class Curve:
    """Points (n, 2) along one side, found again by the share of its length."""

    def __init__(self, points: Numbers) -> None:
        self.points = points
        self.steps = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
        self.length = float(self.steps[-1])

    def at(self, share: Numbers) -> Numbers:
        wanted = share * self.length
        u, v = (np.interp(wanted, self.steps, self.points[:, axis]) for axis in (0, 1))
        return np.column_stack([u, v])


class Patch:
    """The ground between curves that run from low to high u or v; edges in the order south, north, west, east."""

    def __init__(
        self, south: Numbers, north: Numbers, west: Numbers, east: Numbers, edges: tuple[Edge, Edge, Edge, Edge]
    ) -> None:
        self.south, self.north, self.west, self.east = Curve(south), Curve(north), Curve(west), Curve(east)
        self.edges = edges
        self.width = (self.south.length + self.north.length) / 2 - edges[2].reserve - edges[3].reserve
        self.height = (self.west.length + self.east.length) / 2 - edges[0].reserve - edges[1].reserve

    def at(self, x: Numbers | float, y: Numbers | float) -> Numbers:
        """Points (n, 2) of the plane for metres inside the district, from its south-west corner."""
        x, y = np.broadcast_arrays(np.atleast_1d(np.asarray(x, float)), np.atleast_1d(np.asarray(y, float)))
        south, north, west, east = (edge.reserve for edge in self.edges)
        tall = self.west.length + (self.east.length - self.west.length) * np.clip(x / self.width, 0, 1)
        t = _share(y, self.height, south, north, tall)
        wide = self.south.length * (1 - t) + self.north.length * t
        s = _share(x, self.width, west, east, wide)
        return self._coons(s, t)

    def line(self, x: Numbers | float, y: Numbers | float, step: float = 20.0) -> LineString:
        """A street: a path given by its corners in metres, bent like the district."""
        corners = np.column_stack(np.broadcast_arrays(np.atleast_1d(x), np.atleast_1d(y))).astype(float)
        dense = np.asarray(LineString(corners).segmentize(step).coords)
        return LineString(self.at(dense[:, 0], dense[:, 1]))

    def outline(self) -> Polygon:
        """The land inside the reserves."""
        w, h = self.width, self.height
        ring = np.asarray(Polygon([(0, 0), (w, 0), (w, h), (0, h)]).segmentize(25).exterior.coords)
        return Polygon(self.at(ring[:, 0], ring[:, 1]))

    def _coons(self, s: Numbers, t: Numbers) -> Numbers:
        s2, t2 = s[:, None], t[:, None]
        ruled_v = (1 - t2) * self.south.at(s) + t2 * self.north.at(s)
        ruled_u = (1 - s2) * self.west.at(t) + s2 * self.east.at(t)
        low, high = self.south.points, self.north.points
        corners = (1 - t2) * ((1 - s2) * low[0] + s2 * low[-1]) + t2 * ((1 - s2) * high[0] + s2 * high[-1])
        point: Numbers = ruled_v + ruled_u - corners
        return point


def _share(metres: Numbers, size: float, low: float, high: float, whole: Numbers) -> Numbers:
    """Share of the way across: plots stretch a little to fill what is there, reserves keep their metres."""
    inside = low + metres * (whole - low - high) / size
    reached = np.where(metres < 0, low + metres, np.where(metres > size, whole - high + metres - size, inside))
    return np.clip(reached / whole, 0.0, 1.0)
