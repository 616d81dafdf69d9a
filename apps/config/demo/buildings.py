"""Footprints: what a plot's purpose looks like from above, as shares of its width and depth from the street."""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
from shapely import Polygon
from shapely.affinity import rotate

from .dice import dice
from .land import Lot, Planned

Ring = tuple[tuple[float, float], ...]

MOSQUE: tuple[Ring, ...] = (
    ((0.28, 0.34), (0.72, 0.34), (0.72, 0.82), (0.56, 0.82), (0.56, 0.87), (0.44, 0.87), (0.44, 0.82), (0.28, 0.82)),
    ((0.2, 0.26), (0.25, 0.26), (0.25, 0.32), (0.2, 0.32)),
)
SCHOOL: tuple[Ring, ...] = (
    ((0.1, 0.16), (0.9, 0.16), (0.9, 0.8), (0.76, 0.8), (0.76, 0.38), (0.24, 0.38), (0.24, 0.8), (0.1, 0.8)),
)
HALL: tuple[Ring, ...] = (
    ((0.16, 0.2), (0.84, 0.2), (0.84, 0.5), (0.64, 0.5), (0.64, 0.8), (0.36, 0.8), (0.36, 0.5), (0.16, 0.5)),
)
BLOCKS: tuple[Ring, ...] = tuple(
    ((p, q), (p + 0.24, q), (p + 0.24, q + 0.16), (p, q + 0.16)) for p in (0.1, 0.4, 0.68) for q in (0.15, 0.44, 0.7)
)
SHAPES: dict[str, tuple[Ring, ...]] = {
    "mosque": MOSQUE, "great_mosque": MOSQUE, "school": SCHOOL, "town_hall": HALL, "hospital": SCHOOL,
    "police": HALL, "library": HALL, "government": HALL, "tourism": BLOCKS, "park": (), "car_park": (),
    "stadium": (((0.2, 0.15), (0.8, 0.15), (0.9, 0.5), (0.8, 0.85), (0.2, 0.85), (0.1, 0.5)),),
    "souq": tuple(((p, 0.12), (p + 0.2, 0.12), (p + 0.2, 0.88), (p, 0.88)) for p in (0.08, 0.4, 0.72)),
    "fish_market": (((0.15, 0.2), (0.85, 0.2), (0.85, 0.7), (0.15, 0.7)),),
}  # fmt: skip


def footprints(lots: list[Lot], seed: int, town: str) -> Iterator[Polygon]:
    """The buildings on the built lots; planned districts are measured out all at once."""
    planned: dict[int, list[tuple[Planned, Ring]]] = defaultdict(list)
    for number, lot in enumerate(lots):
        if not lot.built:
            continue
        rng = dice(seed, town, "building", number)
        if lot.planned is None:
            yield from _inherited(lot, rng)
        else:
            rings = SHAPES.get(lot.purpose) or _house(lot, rng)
            planned[lot.quarter] += [(lot.planned, ring) for ring in rings]
    for pairs in planned.values():
        yield from _measured(pairs)


def _house(lot: Lot, rng: np.random.Generator) -> list[Ring]:
    if lot.purpose in SHAPES:
        return []
    if lot.purpose in ("shop", "shop_house"):
        return [_box(0.04, 0.96, 0.05, float(rng.uniform(0.66, 0.92)))]
    if lot.purpose == "industrial":
        sheds = [_box(0.08, 0.92, 0.3, float(rng.uniform(0.75, 0.92)))]
        return sheds if rng.random() < 0.6 else [_box(0.08, 0.46, 0.25, 0.9), _box(0.54, 0.92, 0.35, 0.9)]
    return _villa(rng)


def _villa(rng: np.random.Generator) -> list[Ring]:
    """A villa set back from street and neighbours, a corner cut out of it, often with an annex at the back."""
    left, right = rng.uniform(0.12, 0.2), rng.uniform(0.8, 0.88)
    front, back = rng.uniform(0.17, 0.26), rng.uniform(0.62, 0.74)
    notch_p, notch_q = rng.uniform(0.4, 0.62), rng.uniform(0.36, 0.5)
    ring: Ring = ((left, front), (right, front), (right, back), (notch_p, back), (notch_p, notch_q), (left, notch_q))
    if rng.random() < 0.5:
        ring = tuple((1 - p, q) for p, q in reversed(ring))
    annex = [_box(0.62, 0.95, 0.83, 0.97)] if rng.random() < 0.55 else []
    return [ring, *annex]


def _box(p0: float, p1: float, q0: float, q1: float) -> Ring:
    return ((p0, q0), (p1, q0), (p1, q1), (p0, q1))


def _measured(pairs: list[tuple[Planned, Ring]]) -> Iterator[Polygon]:
    corners = [corner for place, ring in pairs for corner in _placed(place, ring)]
    flat = np.array(corners)
    points = pairs[0][0].ground.at(flat[:, 0], flat[:, 1])
    start = 0
    for _place, ring in pairs:
        yield Polygon(points[start : start + len(ring)])
        start += len(ring)


def _placed(place: Planned, ring: Ring) -> Iterator[tuple[float, float]]:
    """Shares of width and depth from the street, as metres of the district."""
    rect = place.rect
    for p, q in ring:
        depth = q * (rect.b1 - rect.b0)
        yield rect.a0 + p * (rect.a1 - rect.a0), rect.b0 + depth if place.opens_low else rect.b1 - depth


def _inherited(lot: Lot, rng: np.random.Generator) -> Iterator[Polygon]:
    """A hall fills its plot, an old house stands around a courtyard, a farmhouse small in its field."""
    if lot.purpose in ("fish_market", "harbour_yard", "cafe"):
        yield lot.outline.buffer(-min(9.0, lot.outline.area**0.5 / 6), join_style="mitre")
        return
    if lot.purpose == "old_mosque":
        yield lot.outline.buffer(-2.5, join_style="mitre")
        return
    if lot.purpose == "old_house":
        walls = lot.outline.buffer(-0.6, join_style="mitre")
        court = walls.buffer(-float(rng.uniform(3.2, 4.6)), join_style="mitre")
        house = walls.difference(court) if court.area > 12 else walls
        yield from (part for part in getattr(house, "geoms", [house]) if part.area > 20)
        return
    middle, half = lot.outline.representative_point(), rng.uniform(4.5, 7.5)
    box = middle.buffer(half, cap_style="square")
    house = rotate(box, float(rng.uniform(0, 90))).intersection(lot.outline.buffer(-1))
    if house.area > 40:
        yield house
