"""The order in which a demonstration is loaded. All of it or nothing."""

from collections.abc import Callable, Iterable
from datetime import datetime

from apps.parcels.models import Parcel
from apps.territory.models import Authority, Wilayat
from gis.db.acting import acting_as

from ..nation.plan import scales, settlements
from ..patience import take_time
from ..site import SCALES, sites, water_ministry
from ..town import Town
from . import authorities, base_map, cadastre, parking, reports, streets, water
from .authorities import ACTOR, REASON

Say = Callable[[str], None]


def codes() -> list[str]:
    """The authorities of the demonstration."""
    towns = (site.code for site in sites(SCALES[-1]))
    return [water_ministry()[0], *towns, *(one.code for one in settlements(scales()[-1]))]


def exists() -> bool:
    """Is a demonstration loaded? Its parcels tell: all records come in one transaction.

    The authorities do not: they outlive the records where one is loaded anew, which may be ended in between.
    """
    towns = [site.code for site in sites(SCALES[-1])]
    owners = list(Authority.objects.filter(code__in=towns).values_list("pk", flat=True))
    with acting_as(authorities=owners, actor=ACTOR, reason=REASON):
        return bool(Parcel.objects.filter(authority__in=owners).exists())


def load_all(towns: Iterable[Town], *, now: datetime, say: Say) -> None:
    """Load the towns with their authorities and the water ministry."""
    with acting_as(actor=ACTOR, reason=REASON):
        take_time()
        owners = authorities.found(towns := list(towns), today=now.date())
        everybody = [owner.pk for owner in owners.values()]
        with acting_as(authorities=everybody, actor=ACTOR, reason=REASON):
            ministry = owners[water_ministry()[0]]
            for owner in owners.values():
                authorities.equip(owner)
            for town in towns:
                _load(town, owners[town.site.code], ministry, now, say)


def _load(town: Town, owner: Authority, ministry: Authority, now: datetime, say: Say) -> None:
    name = town.site.name.en
    say(f"{name}: base map, {len(town.base)} features")
    base_map.load(town, owner)
    say(f"{name}: {len(town.land.lots)} parcels")
    wilayat = Wilayat.objects.select_related("governorate").get(code=town.site.wilayat)
    parcels = cadastre.load(town, owner, wilayat, now.date())
    say(f"{name}: {len(town.doors)} addresses")
    units = streets.load(town, owner, wilayat, parcels, now.date())
    say(f"{name}: {len(town.wells)} wells, {len(town.parking)} parking zones, {len(town.complaints)} reports")
    water.load(town, ministry, parcels, now.date())
    parking.load(town, owner, now.date())
    reports.load(town, owner, units)
