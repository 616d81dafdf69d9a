"""Numbers on doors: odd on the left, even on the right, about one for each five metres, so that gaps are left."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from shapely import LineString, Point

from .dice import dice
from .land import Land, Lot
from .roads import Road
from .site import Name, Site

STEP = 10.0  # metres of street for one odd and one even number
INSIDE = 1.5  # metres from the street's edge to the door
OLDER = ("homes", "souq", "mixed", "old", "oasis")  # districts that had way and building numbers


@dataclass
class Door:
    """An address unit. Without a road it is numbered by its area."""

    lot: Lot
    number: int
    place: Point
    road: Road | None
    area: Name
    old: tuple[str, str, str] | None = None  # building, way, block
    behind: list[tuple[str, str]] = field(default_factory=list)  # kind and number of flats and shops


def doors(land: Land, roads: list[Road], site: Site, seed: int) -> Iterator[Door]:
    """The doors of all built lots."""
    by_key = {road.key: road for road in roads}
    rng = dice(seed, site.code, "doors")
    on_road: dict[str, list[Lot]] = defaultdict(list)
    counted: dict[int, int] = defaultdict(int)
    for lot in land.lots:
        if not lot.built or lot.purpose in ("park", "car_park", "farm", "garden"):
            continue
        area = land.quarters[lot.quarter]
        if lot.road:
            on_road[lot.road].append(lot)
        else:
            counted[lot.quarter] += 1 + int(rng.random() < 0.12)
            yield _with_past(Door(lot, counted[lot.quarter], _door(lot), None, area), land, rng)
    for key, lots in on_road.items():
        for door in _along(by_key[key], lots, land):
            yield _with_past(door, land, rng)


def _along(road: Road, lots: list[Lot], land: Land) -> Iterator[Door]:
    line = max(road.lines.geoms, key=lambda part: part.length)
    taken: set[int] = set()
    for lot in sorted(lots, key=lambda lot: line.project(lot.face.centroid)):
        place = _door(lot)
        left = is_left(line, place)
        number = 2 * int(line.project(place) // STEP) + (1 if left else 2)
        while number in taken:
            number += 2
        taken.add(number)
        yield Door(lot, number, place, road, land.quarters[lot.quarter])


def is_left(line: LineString, place: Point) -> bool:
    """Does the place lie to the left of the line, in its direction?"""
    at = line.project(place)
    here, there = line.interpolate(max(0.0, at - 1)), line.interpolate(min(line.length, at + 1))
    turn = (there.x - here.x) * (place.y - here.y) - (there.y - here.y) * (place.x - here.x)
    return bool(turn > 0)


def _door(lot: Lot) -> Point:
    """A little inside the middle of the street side."""
    edge, middle = lot.face.centroid, lot.outline.representative_point()
    share = min(0.5, INSIDE / max(edge.distance(middle), 0.1))
    return Point(edge.x + (middle.x - edge.x) * share, edge.y + (middle.y - edge.y) * share)


def _with_past(door: Door, land: Land, rng: np.random.Generator) -> Door:
    lot = door.lot
    if land.kinds[lot.quarter] in OLDER and rng.random() < 0.85:
        way = door.road.code if door.road else ""
        door.old = (str(int(rng.integers(100, 4000))), way, str(200 + lot.quarter))
    if lot.purpose == "shop_house" and rng.random() < 0.4:
        floors = int(rng.integers(1, 4))
        flats = [("apartment", f"{floor}0{k}") for floor in range(1, floors + 1) for k in (1, 2)]
        door.behind = [("shop", "1"), ("shop", "2"), *flats]
    return door
