"""Wells, a falaj from its mother well to the gardens, and the zones that protect them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from shapely import LineString, MultiLineString, Point, Polygon
from shapely.ops import unary_union

from .dice import dice
from .drainage import smooth
from .land import Land, Lot
from .plan import Plan
from .site import Name, phrase
from .wadis import Wadis, beside

MOTHER_WELL_V = 8500.0
UPSTREAM, IN_TOWN = 118.0, 52.0  # metres of the channel beside the wadi's middle, above the town and in it
FALAJ_PROTECTION = 3500.0  # metres around a mother well
NEAR_CHANNEL = 75.0
WATERED = ("gardens", "oasis")


@dataclass(frozen=True)
class WellSite:
    """A well to be."""

    place: Point
    kind: str
    use: str
    status: str
    depth: float
    lot: Lot | None


@dataclass(frozen=True)
class Falaj:
    """Channel and mother well."""

    name: Name
    channel: MultiLineString
    mother: Point
    depth: float


@dataclass(frozen=True)
class Zone:
    """A protection zone: red, orange or falaj."""

    name: Name
    kind: str
    outline: Polygon


def falaj(plan: Plan, wadis: Wadis, land: Land, seed: int) -> Falaj:
    """From the mother well down along the first wadi, then by branches into the gardens."""
    wadi = wadis.main[0]
    gardens = next(quarter for quarter in plan.quarters if quarter.district.kind in WATERED)
    side = -1 if plan.site.columns[gardens.column] is not wadi.column else 1
    ground = gardens.patch.outline()
    mother = Point(wadi.line.coords[-1][0] + 430, MOTHER_WELL_V)
    above = beside(wadi, UPSTREAM, plan.site.rows[-1].v + 150, 7900).coords
    within = beside(wadi, IN_TOWN, ground.bounds[3] + 40, plan.site.rows[-1].v).coords
    along = beside(wadi, side * IN_TOWN, ground.bounds[1], ground.bounds[3] - 20).coords
    path = [mother.coords[0], *reversed(above), *reversed(within), *reversed(along)]
    main = LineString(smooth(np.array(path), 1))
    number = next(n for n, kind in land.kinds.items() if kind in WATERED)
    lanes = [line for road in land.roads if road.quarter == number for line in road.lines.geoms]
    branches = [_linked(lane, main) for lane in lanes if lane.length > 70 and lane.distance(main) < NEAR_CHANNEL]
    depth = float(dice(seed, plan.site.code, "falaj").uniform(18, 32))
    return Falaj(plan.site.place("falaj"), MultiLineString([main, *branches]), mother, round(depth, 1))


def _linked(lane: LineString, channel: LineString) -> LineString:
    """A branch that begins at the channel and follows a garden lane."""
    points = list(lane.coords)
    if Point(points[0]).distance(channel) > Point(points[-1]).distance(channel):
        points.reverse()
    start = channel.interpolate(channel.project(Point(points[0])))
    return LineString([start.coords[0], *points])


def zones(plan: Plan, wadis: Wadis, source: Falaj) -> Iterator[Zone]:
    """Around the mother well, and around the town's drinking water upstream of the last wadi."""
    yield Zone(phrase("falaj_zone").of(source.name), "falaj", source.mother.buffer(FALAJ_PROTECTION, quad_segs=24))
    wadi = wadis.main[-1]
    u, v = next((u, v) for u, v in wadi.line.coords if v > plan.site.rows[-1].v + 1500)
    middle = (u + 560, v)
    yield Zone(phrase("red_zone"), "red", plan.terrain.blob("red zone", middle, 380, 460, 0.18))
    wide = plan.terrain.blob("orange zone", (middle[0], middle[1] + 500), 950, 1500, 0.16)
    yield Zone(phrase("orange_zone"), "orange", wide)


def wells(plan: Plan, land: Land, source: Falaj, protected: list[Zone], seed: int) -> Iterator[WellSite]:
    """On farms, in gardens and works; the town's own; and those that watch or feed the falaj."""
    rng = dice(seed, plan.site.code, "wells")
    shares = {"farm": 0.78, "garden": 0.16, "industrial": 0.04, "tourism": 0.3}
    uses = {"industrial": "industrial", "tourism": "commercial"}
    for lot in land.lots:
        if rng.random() < shares.get(lot.purpose, 0.0):
            yield _well(lot.outline.representative_point(), uses.get(lot.purpose, "agricultural"), lot, rng)
    red = next(zone.outline for zone in protected if zone.kind == "red")
    for k in range(7):
        turn = 2 * np.pi * k / 7
        middle = red.centroid
        yield _well(Point(middle.x + 210 * np.cos(turn), middle.y + 240 * np.sin(turn)), "domestic", None, rng)
    orange = unary_union([zone.outline for zone in protected if zone.kind == "orange"])
    for k in range(5):
        yield _well(orange.exterior.interpolate((k + 0.5) / 5, normalized=True), "monitoring", None, rng)
    for step in (190.0, 340.0):
        yield _well(Point(source.mother.x - step / 3, source.mother.y - step), "falaj_support", None, rng)


def _well(place: Point, use: str, lot: Lot | None, rng: np.random.Generator) -> WellSite:
    dug = use == "agricultural" and rng.random() < 0.45
    depth = rng.uniform(7, 24) if dug else rng.gamma(6, 11) + 18
    status = "working"
    if lot is not None:
        status = str(rng.choice(["working", "abandoned", "sealed"], p=[0.8, 0.14, 0.06]))
    return WellSite(place, "dug" if dug else "drilled", use, status, round(float(depth), 1), lot)
