"""Old quarters, palm gardens and farms: land divided by inheritance, not by a planner."""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from shapely import LineString, Polygon, STRtree
from shapely.ops import split, unary_union

CRUMB = 30.0  # square metres: less is nobody's and stays open


@dataclass
class Carved:
    """Pieces with lanes between them; lanes are in the order they were cut, the longest first."""

    pieces: list[Polygon] = field(default_factory=list)
    lanes: list[LineString] = field(default_factory=list)


@dataclass(frozen=True)
class Manner:
    """Pieces end near `piece` square metres; what is larger than `lane_above` is parted by a lane of `lane` metres."""

    piece: float
    lane_above: float
    lane: float
    skew: float = 11.0  # degrees


OLD = Manner(piece=250, lane_above=950, lane=4.5)
GARDENS = Manner(piece=2400, lane_above=9500, lane=5)
FARMS = Manner(piece=9000, lane_above=36_000, lane=7)
VILLAGE = Manner(piece=330, lane_above=1300, lane=5)


def carve(area: Polygon, rng: np.random.Generator, manner: Manner) -> Carved:
    """Halve the area again and again across its longer side, a little askew; every piece keeps a way out."""
    carved, todo = Carved(), [area]
    while todo:
        part = todo.pop(0)
        if part.area < manner.piece * rng.uniform(0.8, 1.7):
            carved.pieces.append(part)
            continue
        cut = _across(part, rng, manner.skew)
        if part.area > manner.lane_above:
            width = manner.lane * (1.4 if part.area > 8 * manner.lane_above else 1.0)
            halves = part.difference(cut.buffer(width / 2, cap_style="flat"))
            carved.lanes += _lines(cut.intersection(part))
        else:
            halves = split(part, cut)
        todo += [half for half in halves.geoms if half.area > CRUMB] if hasattr(halves, "geoms") else [halves]
    return carved


def _across(part: Polygon, rng: np.random.Generator, skew: float) -> LineString:
    box = np.asarray(part.minimum_rotated_rectangle.exterior.coords)[:4]
    sides = np.roll(box, -1, axis=0) - box
    lengths = np.hypot(*sides.T)
    longest = int(lengths.argmax())
    along = sides[longest] / lengths[longest]
    share = rng.uniform(0.38, 0.62)
    middle = box[longest] + sides[longest] * share + sides[(longest + 1) % 4] / 2
    angle = np.arctan2(along[1], along[0]) + np.pi / 2 + np.radians(rng.normal(0, skew))
    reach = lengths.max() * 1.5
    step = np.array([np.cos(angle), np.sin(angle)]) * reach
    return LineString([middle - step, middle + step])


def _lines(geometry: object) -> list[LineString]:
    parts = getattr(geometry, "geoms", [geometry])
    return [part for part in parts if isinstance(part, LineString) and part.length > 4]


def faces(carved: Carved) -> list[LineString]:
    """For each piece, its side that lies nearest to a lane, or to the outside where there is none."""
    lanes = carved.lanes or [LineString(unary_union(carved.pieces).convex_hull.exterior)]
    nearest = STRtree(lanes).nearest(carved.pieces)
    return [_face(piece, lanes[k]) for piece, k in zip(carved.pieces, nearest, strict=True)]


def _face(piece: Polygon, lane: LineString) -> LineString:
    sides = [LineString(pair) for pair in pairwise(piece.exterior.coords)]
    long_enough = [side for side in sides if side.length > 2]
    return min(long_enough, key=lambda side: side.centroid.distance(lane) - side.length / 20)
