"""Outside the districts: farms along the wadis, a village, and what stands between the coast road and the sea."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from shapely import Geometry, LineString, Polygon
from shapely.ops import unary_union

from .dice import dice
from .land import Land, Lot, inherited_lots
from .organic import FARMS, VILLAGE, carve
from .plan import Plan
from .roads import lanes
from .site import Name
from .wadis import Wadi, Wadis, beside

FARM_NEAR, FARM_WIDE = 178.0, 290.0  # metres: from the middle of a wadi to the first farm, and to the last
VILLAGE_V = 5700.0


@dataclass(frozen=True)
class ByTheSea:
    """A lot on the shore: share of the way along the coast road, metres along and across, and what it is."""

    share: float
    wide: float
    deep: float
    land_use: str
    purpose: str


SHORE = (
    ByTheSea(0.03, 150, 62, "government", "harbour_yard"),
    ByTheSea(0.09, 95, 55, "commercial", "fish_market"),
    ByTheSea(0.19, 70, 66, "government", "fort"),
    ByTheSea(0.27, 190, 52, "government", "park"),
    ByTheSea(0.47, 230, 48, "government", "park"),
    ByTheSea(0.6, 60, 45, "tourism", "cafe"),
    ByTheSea(0.72, 170, 50, "government", "park"),
)


def settle(plan: Plan, wadis: Wadis, land: Land, seed: int) -> None:
    """Add the country and the shore to the land of the town."""
    water = unary_union([line.buffer(16) for line, _rank in wadis.courses] + [w.bed.buffer(25) for w in wadis.main])
    farms = len(land.quarters) + 1
    _farms(plan, wadis, land, farms, water, seed)
    _village(plan, wadis, land, farms + 1, water, seed)
    numbers = [(farms, plan.site.place("farms"), "farms"), (farms + 1, plan.site.place("hamlet"), "hamlet")]
    if plan.site.seaside:
        land.lots += _shore(plan, farms + 2, water)
        numbers.append((farms + 2, plan.site.place("shore"), "shore"))
    for number, name, kind in numbers:
        _enter(land, number, name, kind)


def _enter(land: Land, number: int, name: Name, kind: str) -> None:
    land.quarters[number], land.kinds[number] = name, kind
    land.grounds[number] = unary_union([lot.outline for lot in land.lots if lot.quarter == number]).convex_hull


def _farms(plan: Plan, wadis: Wadis, land: Land, number: int, water: Geometry, seed: int) -> None:
    for k, wadi in enumerate(wadis.main):
        rng = dice(seed, plan.site.code, "farms", k)
        for part in _parts(_strip(plan, wadi).difference(water).difference(wadis.town.buffer(120))):
            carved = carve(part, rng, FARMS)
            land.roads += lanes(number, carved, named=False, first=1000 * k)
            for lot in inherited_lots(carved, number, rng, houses=False):
                lot.purpose, lot.built, lot.block = "farm", bool(rng.random() < 0.45), k + 1
                land.lots.append(lot)


def _strip(plan: Plan, wadi: Wadi) -> Polygon:
    """Where the farms of a wadi lie: west of it, wider and narrower."""
    top = plan.site.rows[-1].v - 300
    near = np.asarray(beside(wadi, -FARM_NEAR, top, top + 2900).coords)
    taper = np.sin(np.linspace(0.12, 1, len(near)) * np.pi) ** 0.6
    width = FARM_WIDE * taper * (1 + 0.35 * plan.terrain.noise(f"farms {wadi.column.u}", 420, 2)(near[:, 1]))
    far = near - np.column_stack([width, np.zeros(len(near))])
    return Polygon(np.concatenate([near, far[::-1]])).buffer(0)


def _village(plan: Plan, wadis: Wadis, land: Land, number: int, water: Geometry, seed: int) -> None:
    u, v = next((u, v) for u, v in wadis.main[0].line.coords if v > VILLAGE_V)
    ground = plan.terrain.blob("village", (u - 310, v), 140, 165, 0.25).difference(water)
    rng = dice(seed, plan.site.code, "village")
    carved = carve(max(_parts(ground), key=lambda part: part.area), rng, VILLAGE)
    land.roads += lanes(number, carved, named=False)
    land.lots += inherited_lots(carved, number, rng, houses=True)


def _shore(plan: Plan, number: int, water: Geometry) -> Iterator[Lot]:
    road, taken = plan.row_road(0).geoms[0], water
    for block, place in enumerate(SHORE, start=1):
        at = place.share * road.length
        face = LineString([road.interpolate(at), road.interpolate(at + place.wide)])
        kerb, back = face.offset_curve(-22), face.offset_curve(-22 - place.deep)
        outline = Polygon([*back.coords, *reversed(kerb.coords)])
        if not outline.intersects(taken):
            taken = taken.union(outline.buffer(5))
            purpose = place.purpose
            yield Lot(outline, number, block, place.land_use, purpose, "row 0", kerb, purpose not in ("park", "fort"))


def _parts(geometry: Geometry) -> list[Polygon]:
    return [part for part in getattr(geometry, "geoms", [geometry]) if isinstance(part, Polygon) and part.area > 900]
