"""The wadis: beds of the main ones from the hills to the sea, and the courses that feed them."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from shapely import LineString, Polygon, box
from shapely.affinity import translate
from shapely.ops import unary_union

from .dice import Noise, dice
from .drainage import smooth, streams, survey
from .plan import Plan
from .site import Column, Name

COUNTRY_ROAD_ENDS = 6300.0  # v of the last house and of the dam behind it
SOURCE = 8200.0  # v where a main wadi begins
NEAR_TRUNK = 170.0
BEACH = 380.0  # v below which nothing but the beach lies before the sea


@dataclass(frozen=True)
class Wadi:
    """A main wadi: middle line from the mouth up, and its bed."""

    name: Name
    column: Column
    line: LineString
    bed: Polygon


@dataclass(frozen=True)
class Wadis:
    """All running water's ways in one town's country."""

    plan: Plan

    @cached_property
    def main(self) -> list[Wadi]:
        return [self._main(column) for column in self.plan.site.columns if column.kind == "wadi"]

    @cached_property
    def lagoon(self) -> Polygon:
        """Brackish water behind the beach, where the first wadi comes down."""
        u, v = self.main[0].line.coords[2]
        return self.plan.terrain.blob("lagoon", (u, v + 30), 38, 62, 0.3)

    @cached_property
    def country(self) -> Polygon:
        """The jurisdiction: town, sea in front, plain and hills behind, its border as surveyors leave it."""
        site = self.plan.site
        west, east = site.columns[0].u - 5200, site.columns[-1].u + 5200
        south = -2600 if site.seaside else -4800
        rng = dice(self.plan.terrain.seed, site.code, "border")
        ring = box(west, south, east, 10_400).segmentize(1700).exterior.coords[:-1]
        return Polygon([(u + rng.normal(0, 130), v + rng.normal(0, 130)) for u, v in ring])

    @cached_property
    def town(self) -> Polygon:
        """Around all districts."""
        return unary_union([quarter.patch.outline() for quarter in self.plan.quarters]).convex_hull

    @cached_property
    def courses(self) -> list[tuple[LineString, int]]:
        """Side wadis with a rank for the map, outside the town."""
        rng = dice(self.plan.terrain.seed, self.plan.site.code, "drainage")
        hills = Noise(rng, 1800, 3)
        floor = 260 if self.plan.site.seaside else self.country.bounds[1] + 300
        area = self.country.buffer(-350).intersection(box(-1e5, floor, 1e5, 1e5))
        dry = self.town.buffer(330)
        trunks = [wadi.line for wadi in self.main]
        bedlands = unary_union([line.buffer(NEAR_TRUNK) for line in trunks])
        found = []
        for line, cells in streams(survey(area, dry, trunks, hills, rng)):
            rest = line.difference(bedlands) if line.length > 400 else line
            if rest.is_empty or rest.length < 300 or line.within(bedlands):
                continue
            rank = 4 if cells > 900 else 5 if cells > 200 else 7
            found.append((self._joined(line, trunks), rank))
        return found

    def _joined(self, line: LineString, trunks: list[LineString]) -> LineString:
        """A course that ends beside a main wadi is led into it, one that ends behind the beach into the sea."""
        mouth = line.boundary.geoms[-1]
        if self.plan.site.seaside and mouth.y < BEACH:
            return LineString([*line.coords, (mouth.x, float(self.plan.terrain.shore(np.array([mouth.x]))[0]) - 15)])
        near = min(trunks, key=mouth.distance)
        if mouth.distance(near) > NEAR_TRUNK:
            return line
        return LineString([*line.coords, near.interpolate(near.project(mouth)).coords[0]])

    def _main(self, column: Column) -> Wadi:
        site, terrain = self.plan.site, self.plan.terrain
        mouth = float(terrain.shore(np.array([column.u]))[0]) - 25 if site.seaside else site.rows[0].v - 2600
        v = np.arange(mouth, SOURCE, 40.0)
        away = np.clip(v - site.rows[-1].v, 0, None)
        wild = 700 * np.clip(away / 4000, 0, 1) * terrain.noise(f"upstream {column.u}", 2600, 3)(v)
        u = self.plan.column_line(column, v) + wild
        points = smooth(np.column_stack([u, v]), 1)
        line = LineString(points)
        return Wadi(column.name, column, line, self._bed(column, points))

    def _bed(self, column: Column, points: np.ndarray) -> Polygon:
        terrain = self.plan.terrain
        v = points[:, 1]
        above = np.clip((v - self.plan.site.rows[-1].v) / 1200, 0, 1)
        thin = np.clip((SOURCE - v) / 3500, 0.12, 1)
        banks = [terrain.noise(f"{side} bank {column.u}", 260, 2)(v) for side in ("west", "east")]
        half = [(27 + 12 * bank + above * (30 + 26 * bank)) * thin for bank in banks]
        step = np.gradient(points, axis=0)
        normal = np.column_stack([-step[:, 1], step[:, 0]]) / np.hypot(*step.T)[:, None]
        left, right = points + normal * half[0][:, None], points - normal * half[1][:, None]
        return Polygon(np.concatenate([left, right[::-1]])).buffer(0)


def beside(wadi: Wadi, metres: float, low: float, high: float) -> LineString:
    """A line along a wadi, so many metres east of its middle (west when negative), between two v."""
    points = np.array([(u, v) for u, v in wadi.line.coords if low <= v <= high])
    return translate(LineString(points), xoff=metres)
