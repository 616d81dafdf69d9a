"""Coast, sea and the shape that everything else follows."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from shapely import LineString, MultiPolygon, Point, Polygon, make_valid
from shapely.affinity import rotate, scale, translate
from shapely.ops import unary_union

from .dice import Noise, Numbers, dice
from .site import Site

FAR = 1_500_000.0  # metres: the invented coast runs out of everybody's sight
INLAND = 2_000_000.0
BAY = -760.0
HEADLAND = (-2480.0, -60.0)


@dataclass
class Terrain:
    """The lie of the land of one town. An inland town has the same bends but no sea."""

    site: Site
    seed: int
    _noises: dict[str, Noise] = field(default_factory=dict)

    def noise(self, subject: str, wavelength: float, octaves: int = 1) -> Noise:
        """The noise of one subject, the same each time it is asked for."""
        if subject not in self._noises:
            self._noises[subject] = Noise(dice(self.seed, self.site.code, subject), wavelength, octaves)
        return self._noises[subject]

    def bend(self, u: Numbers) -> Numbers:
        """How far the ground plan swings inland at u: the bay, and long slow curves."""
        bay = 270 * np.exp(-(((u - BAY) / 820) ** 2)) if self.site.seaside else 0
        curve: Numbers = bay + 55 * self.noise("bend", 3200)(u)
        return curve

    def shore(self, u: Numbers) -> Numbers:
        """v of the waterline: a smooth beach in the bay, rough beyond, wilder and longer waves far from town."""
        away = np.abs(u - BAY)
        rough = 3 + 34 * np.clip((away - 900) / 1800, 0, 1)
        fringe = rough * self.noise("shore", 420, 4)(u)
        capes = np.clip(away - 3300, 0, 7000) * 0.3 * self.noise("capes", 4200, 4)(u)
        gulfs = np.clip(away - 14000, 0, 60_000) * 0.3 * self.noise("gulfs", 70_000, 6)(u)
        waterline: Numbers = self.bend(u) + fringe + capes + gulfs
        return waterline

    @cached_property
    def land(self) -> MultiPolygon:
        """Everything that is not sea."""
        if not self.site.seaside:
            raise LookupError(f"{self.site.code} has no coast")
        u = np.concatenate([-_graded()[::-1], _graded()[1:]])
        waterline = np.column_stack([u, self.shore(u)])
        mainland = Polygon([*waterline, (FAR, INLAND), (-FAR, INLAND)])
        land = make_valid(mainland).difference(self.harbour)
        land = unary_union([land, self.headland, self.islet, *self.breakwaters])
        return MultiPolygon([part for part in getattr(land, "geoms", [land]) if part.area > 200])

    @cached_property
    def headland(self) -> Polygon:
        """A rocky head that shelters the harbour."""
        return self.blob("headland", HEADLAND, 360, 520, 0.55)

    @cached_property
    def islet(self) -> Polygon:
        return self.blob("islet", (HEADLAND[0] - 250, -1150), 95, 60, 0.45)

    @cached_property
    def harbour(self) -> Polygon:
        """The basin behind the head."""
        return self.blob("harbour", (-1990, 10), 210, 95, 0.12)

    @cached_property
    def breakwaters(self) -> list[Polygon]:
        arm = LineString([(-2400, -300), (-2230, -345), (-2020, -345), (-1850, -270), (-1770, -170)])
        spur = LineString([(-1620, 90), (-1650, -60), (-1690, -110)])
        return [line.buffer(13, cap_style="round") for line in (arm, spur)]

    @cached_property
    def bay(self) -> Polygon:
        """The water of the bay, for its name."""
        u = np.linspace(BAY - 750, BAY + 900, 80)
        edge = np.column_stack([u, self.shore(u)])
        ring = Polygon([*edge, (BAY + 900, -260), (BAY, -420), (BAY - 750, -260)])
        return make_valid(ring).difference(unary_union([self.headland, *self.breakwaters]))

    def blob(self, subject: str, centre: tuple[float, float], wide: float, tall: float, rough: float) -> Polygon:
        """A rough round: half its width and height in metres, `rough` the share by which its edge goes in and out."""
        turn = np.linspace(0, 2 * np.pi, 120, endpoint=False)
        noise = self.noise(subject, 1.1, 4)
        radius = 1 + rough * noise(np.cos(turn) + 5, np.sin(turn) + 5)
        unit = Polygon(np.column_stack([radius * np.cos(turn), radius * np.sin(turn)]))
        return translate(rotate(scale(unit, wide, tall, origin=(0, 0)), 12, origin=(0, 0)), *centre)

    def hill_tops(self) -> list[Point]:
        """Where the named hills stand, west to east."""
        count = len(self.site.names["hills"])
        rng = dice(self.seed, self.site.code, "hills")
        spread = np.linspace(-3600, 3800, count) + rng.uniform(-500, 500, count)
        return [Point(self.site.middle_u + u, v) for u, v in zip(spread, rng.uniform(6200, 8600, count), strict=True)]


def _graded() -> Numbers:
    """Distances along the coast: every 12 m in town, then coarser and coarser."""
    return np.concatenate([np.arange(0, 9000, 12), np.arange(9000, 45_000, 150), np.arange(45_000, FAR, 1500), [FAR]])
