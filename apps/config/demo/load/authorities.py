"""The authorities with their jurisdictions, calendars and units."""

import datetime
from collections.abc import Sequence

from django.contrib.gis.geos import GEOSGeometry, MultiPolygon

from apps.accounts.models import Unit
from apps.config import reference
from apps.core.models import new_key
from apps.territory import services as territory
from apps.territory.models import Authority
from gis.db.acting import acting_as

from ..site import Name, units, water_ministry
from ..town import Town
from .rows import add, areas, shape_of, stored

REASON = "بيانات تجريبية"
ACTOR = "job:demo"
SINCE_YEARS = 12
BEYOND = 2600.0  # metres: the ministry protects mother wells beyond a town's border


def found(towns: Sequence[Town], *, today: datetime.date) -> dict[str, Authority]:
    """A municipality for each town, and the ministry whose jurisdiction spans them all; those there are redrawn."""
    since = today.replace(year=today.year - SINCE_YEARS, month=1, day=1)
    made = {}
    for town in towns:
        made[town.site.code] = _found(
            code=town.site.code,
            name=town.site.authority,
            kind=Authority.Kind.MUNICIPALITY,
            working_crs=town.site.crs,
            jurisdiction=shape_of(areas(town.frame, town.country)),
            since=since,
        )
    code, name = water_ministry()
    made[code] = _found(
        code=code,
        name=name,
        kind=Authority.Kind.MINISTRY,
        working_crs=towns[0].site.crs,
        jurisdiction=MultiPolygon([_wider(town) for town in towns], srid=4326),
        since=since,
    )
    return made


def municipality(
    code: str, name: Name, working_crs: str, jurisdiction: MultiPolygon, today: datetime.date
) -> Authority:
    """One more municipality of the demonstration; one that is there is redrawn."""
    return _found(
        code=code,
        name=name,
        kind=Authority.Kind.MUNICIPALITY,
        working_crs=working_crs,
        jurisdiction=jurisdiction,
        since=today.replace(year=today.year - SINCE_YEARS, month=1, day=1),
    )


def _found(
    *, code: str, name: Name, kind: Authority.Kind, working_crs: str, jurisdiction: MultiPolygon, since: datetime.date
) -> Authority:
    there = Authority.objects.filter(code=code).first()
    key = there.pk if there else new_key()
    with acting_as(authorities=[key], actor=ACTOR, reason=REASON):
        if there:
            there.geom = jurisdiction
            there.save(update_fields=["geom"])
            return there
        return territory.found_authority(
            key=key,
            code=code,
            kind=kind,
            name_ar=name.ar,
            name_en=name.en,
            working_crs=working_crs,
            jurisdiction=jurisdiction,
            since=since,
            publishes_parcels=kind == Authority.Kind.MUNICIPALITY,
        )


def _wider(town: Town) -> GEOSGeometry:
    return shape_of(stored(town.frame, town.country.buffer(BEYOND, join_style="mitre")))


def equip(authority: Authority) -> None:
    """Its working week, holidays and units, where it has none yet."""
    if Unit.objects.filter(authority=authority).exists():
        return
    territory.give_calendar(authority=authority, week=reference.week(), holidays=reference.holidays())
    add(Unit, (Unit(authority=authority, code=code, name_ar=name.ar, name_en=name.en) for code, name in units()))
