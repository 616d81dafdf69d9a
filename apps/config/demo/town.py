"""A whole town, in its own frame: everything that the loader turns into rows."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from shapely import Geometry, MultiLineString, MultiPolygon, Polygon, prepare

from .addresses import Door, doors
from .buildings import footprints
from .country import settle
from .dice import dice
from .frame import Frame
from .land import Land, divide
from .naming import name_roads, number_roads
from .parking import ZoneSite, parking
from .people import Holding, holdings
from .places import Feature, places, waters
from .plan import Plan
from .reports import Complaint, complaints
from .roads import Road, country_roads, main_roads, roundabouts, side_roads
from .site import Site
from .terrain import Terrain
from .wadis import Wadis
from .waterworks import Falaj, WellSite, Zone, falaj, wells, zones
from .whereabouts import Whereabouts


@dataclass
class Town:
    """One town. Shapes are in its frame (metres); `frame` brings them to storage."""

    site: Site
    frame: Frame
    country: Polygon
    surveyed: Polygon | MultiPolygon
    land: Land
    roads: list[Road]
    base: list[Feature]
    doors: list[Door]
    holdings: list[Holding]
    falaj: Falaj
    zones: list[Zone]
    wells: list[WellSite]
    parking: list[ZoneSite]
    complaints: list[Complaint] = field(default_factory=list)


def build(site: Site, seed: int, now: datetime) -> Town:
    """The town of this seed. `now` only places the reports in time."""
    plan = Plan(site, Terrain(site, seed))
    wadis = Wadis(plan)
    land = divide(plan, seed)
    settle(plan, wadis, land, seed)
    sides = list(side_roads(plan))
    roads = [*main_roads(plan), *sides, *land.roads, *roundabouts(plan), *country_roads(plan, wadis, sides)]
    for road in roads:
        if road.rank == 1:
            road.lines = road.lines.intersection(wadis.country)
    number_roads(roads)
    name_roads(roads, site, seed)
    base = [*waters(plan, wadis), *_road_features(roads), *places(plan, wadis, land, seed)]
    base += [Feature("building", 9, shape) for shape in footprints(land.lots, seed, site.code)]
    source = falaj(plan, wadis, land, seed)
    protected = list(zones(plan, wadis, source))
    town = Town(
        site=site,
        frame=Frame(site),
        country=wadis.country,
        surveyed=_dry(wadis),
        land=land,
        roads=roads,
        base=base,
        doors=list(doors(land, roads, site, seed)),
        holdings=holdings(land, site, seed),
        falaj=source,
        zones=protected,
        wells=list(wells(plan, land, source, protected, seed)),
        parking=list(parking(land, roads)),
    )
    where = Whereabouts(land, roads, wadis, dice(seed, site.code, "whereabouts"))
    town.complaints = _inside(complaints(where, site, now, dice(seed, site.code, "reports")), wadis.country)
    return town


def _road_features(roads: list[Road]) -> list[Feature]:
    return [Feature("road", road.rank, _single(road.lines), road.name) for road in roads]


def _dry(wadis: Wadis) -> Polygon | MultiPolygon:
    """The country without the sea."""
    site = wadis.plan.site
    land = wadis.country.intersection(wadis.plan.terrain.land) if site.seaside else wadis.country
    return land if isinstance(land, Polygon | MultiPolygon) else wadis.country


def _single(lines: MultiLineString) -> Geometry:
    only: Geometry = lines.geoms[0] if len(lines.geoms) == 1 else lines
    return only


def _inside(found: Iterable[Complaint], country: Polygon) -> list[Complaint]:
    prepare(country)
    return [complaint for complaint in found if country.contains(complaint.place)]
