"""Streets and addresses of one town."""

import datetime

from apps.addressing.models import AddressUnit, LegacyAddress, Street, SubAddress
from apps.territory.models import Authority, Wilayat

from ..town import Town
from .cadastre import Parcels
from .rows import add, stored

STREETS_SINCE = datetime.timedelta(days=900)


def load(town: Town, owner: Authority, wilayat: Wilayat, parcels: Parcels, today: datetime.date) -> list[AddressUnit]:
    """Streets, units, what lies behind them and what they were called before; the units in the order of the doors."""
    since = today - STREETS_SINCE
    named = [road for road in town.roads if road.name]
    streets = add(
        Street,
        (
            Street(
                authority=owner,
                name_ar=road.name.ar if road.name else "",
                name_en=road.name.en if road.name else "",
                code=road.code,
                kind=road.kind,
                wilayat=wilayat,
                valid_from=since,
                geom=stored(town.frame, road.lines),
            )
            for road in named
        ),
    )
    by_key = {road.key: street for road, street in zip(named, streets, strict=True)}
    units = add(
        AddressUnit,
        (
            AddressUnit(
                authority=owner,
                number=door.number,
                street=by_key[door.road.key] if door.road else None,
                area_ar=door.area.ar,
                area_en=door.area.en,
                postcode=town.site.postcode,
                wilayat=wilayat,
                parcel=parcels[id(door.lot)],
                valid_from=since,
                geom=stored(town.frame, door.place),
            )
            for door in town.doors
        ),
    )
    pairs = list(zip(town.doors, units, strict=True))
    add(
        LegacyAddress,
        (
            LegacyAddress(authority=owner, unit=unit, building_no=door.old[0], way_no=door.old[1], block_no=door.old[2])
            for door, unit in pairs
            if door.old
        ),
    )
    add(
        SubAddress,
        (
            SubAddress(authority=owner, unit=unit, kind=kind, number=number)
            for door, unit in pairs
            for kind, number in door.behind
        ),
    )
    return units
