"""Names on the base map with their ranks: 1 is seen from afar."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from shapely import Geometry, Point

from .land import Land
from .naming import landmarks
from .plan import Plan
from .site import Name
from .wadis import COUNTRY_ROAD_ENDS, Wadis

RANKS = {"hamlet": 5, "farms": 6, "shore": 7}
# What districts and landmarks are, by the kind or purpose of their ground.
SORTS = {
    "oasis": "palms", "gardens": "palms", "farms": "palms", "shore": "beach", "souq": "market", "fish_market": "market",
    "mosque": "mosque", "great_mosque": "mosque", "school": "school", "park": "park", "hospital": "health",
    "fort": "fort", "lighthouse": "harbour", "town_hall": "public", "police": "public", "library": "public",
    "stadium": "public",
}  # fmt: skip


@dataclass(frozen=True)
class Feature:
    """A feature of the base map to be: kind as `BaseFeature.Kind`, rank, name if it has one, sort as `Sort`."""

    kind: str
    rank: int
    shape: Geometry
    name: Name | None = None
    sort: str = ""


def places(plan: Plan, wadis: Wadis, land: Land, seed: int) -> Iterator[Feature]:
    """Everything that people call by a name."""
    site, terrain = plan.site, plan.terrain
    first, last = plan.node(site.columns[0], site.rows[0]), plan.node(site.columns[-1], site.rows[1])
    yield Feature("place", 1, Point((first[0] + last[0]) / 2, (first[1] + last[1]) / 2 + 260), site.name)
    for number, name in land.quarters.items():
        rank = RANKS.get(land.kinds[number], 4)
        sort = SORTS.get(land.kinds[number], "")
        yield Feature("place", rank, land.grounds[number].representative_point(), name, sort)
    for lot, name, rank in landmarks(land, site, seed):
        sort = SORTS.get(lot.purpose.removeprefix("old_"), "")
        yield Feature("place", rank, lot.outline.representative_point(), name, sort)
    for top, raw in zip(terrain.hill_tops(), site.names["hills"], strict=True):
        yield Feature("place", 4, top, Name(**raw), "hill")
    yield Feature("place", 6, dam(wadis), site.place("dam"))
    if site.seaside:
        harbour = terrain.harbour.representative_point()
        yield Feature("place", 3, Point(site.middle_u, -1900), site.place("sea"))
        yield Feature("place", 5, terrain.headland.representative_point(), site.place("headland"))
        yield Feature("place", 5, Point(harbour.x, harbour.y - 110), site.place("harbour"), "harbour")
        yield Feature("place", 6, terrain.islet.representative_point(), site.place("islet"))


def dam(wadis: Wadis) -> Point:
    """Where the recharge dam crosses the first wadi."""
    v = np.array([point[1] for point in wadis.main[0].line.coords])
    return Point(wadis.main[0].line.coords[int(np.abs(v - COUNTRY_ROAD_ENDS - 150).argmin())])


def waters(plan: Plan, wadis: Wadis) -> Iterator[Feature]:
    """Land, sea, wadis and the water behind the dam."""
    site, terrain = plan.site, plan.terrain
    if site.seaside:
        yield Feature("land", 1, terrain.land)
        yield Feature("water", 1, wadis.country.difference(terrain.land))
        yield Feature("water", 4, terrain.bay, site.place("bay"))
        yield Feature("water", 6, wadis.lagoon, site.place("lagoon"))
    at = dam(wadis)
    yield Feature("water", 6, terrain.blob("reservoir", (at.x, at.y + 150), 95, 130, 0.35))
    for wadi in wadis.main:
        yield Feature("wadi", 3, wadi.bed, wadi.name)
    for line, rank in wadis.courses:
        yield Feature("wadi", rank, line)
