"""Places for things that happen: on streets by their length, at hot spots, on plots of some sort."""

import numpy as np
from shapely import LineString, Point

from .land import Land, Lot
from .roads import Road
from .site import Name
from .wadis import Wadis

HOT_SPOTS = 26
HOT_SHARE = 0.3
# Lots where something happens, the likelier first: purposes, land uses or kinds of district.
LOTS = {
    "house": ("house", "shop_house"), "shop": ("shop", "shop_house"), "park": ("park",), "old": ("old_house",),
    "new": ("kind new",), "shore": ("kind shore", "park"), "farm": ("farm",), "garden": ("garden",),
    "civic": ("kind civic",), "plot": ("kind new", "residential"),
}  # fmt: skip


class Whereabouts:
    """Where each kind of thing happens in a town."""

    def __init__(self, land: Land, roads: list[Road], wadis: Wadis, rng: np.random.Generator) -> None:
        self.land, self.rng, self.wadis = land, rng, wadis
        self.roads = [road for road in roads if road.name and road.rank > 1]
        self.lengths = np.array([road.lines.length * (2.0 if road.rank <= 3 else 1.0) for road in self.roads])
        self.by_purpose: dict[str, list[Lot]] = {}
        for lot in land.lots:
            for key in (lot.purpose, lot.land_use, f"kind {land.kinds[lot.quarter]}"):
                self.by_purpose.setdefault(key, []).append(lot)
        self.hot = [self._on_road() for _spot in range(HOT_SPOTS)]

    def spot(self, where: str) -> tuple[Point, Name, Name]:
        """A place of that sort with the names of a street and a quarter near it."""
        if where in ("road", "any"):
            road, point = (
                self.hot[int(self.rng.integers(HOT_SPOTS))] if self.rng.random() < HOT_SHARE else self._on_road()
            )
            return self._near(point, 25), self._name(road), self._quarter(road.quarter, point)
        if where == "wadi":
            line = self.wadis.main[0].line
            point = line.interpolate(float(self.rng.uniform(150, 2300)))
            return self._near(point, 18), self.wadis.main[0].name, self._quarter(-1, point)
        lot = self._lot(where)
        road = next((road for road in self.roads if road.key == lot.road), self.roads[0])
        return self._near(lot.face.centroid, 6), self._name(road), self.land.quarters[lot.quarter]

    def _lot(self, where: str) -> Lot:
        keys = LOTS[where]
        for key in keys if self.rng.random() < 0.75 else keys[::-1]:
            if self.by_purpose.get(key):
                return self.by_purpose[key][int(self.rng.integers(len(self.by_purpose[key])))]
        return self.land.lots[int(self.rng.integers(len(self.land.lots)))]

    def _on_road(self) -> tuple[Road, Point]:
        road = self.roads[int(self.rng.choice(len(self.roads), p=self.lengths / self.lengths.sum()))]
        line: LineString = max(road.lines.geoms, key=lambda part: part.length)
        return road, line.interpolate(float(self.rng.uniform(0, line.length)))

    def _near(self, point: Point, metres: float) -> Point:
        return Point(point.x + self.rng.normal(0, metres / 2), point.y + self.rng.normal(0, metres / 2))

    def _name(self, road: Road) -> Name:
        if road.name is None:
            raise LookupError(road.key)
        return road.name

    def _quarter(self, number: int, point: Point) -> Name:
        near = number if number > 0 else min(self.land.grounds, key=lambda n: self.land.grounds[n].distance(point))
        return self.land.quarters[near]
