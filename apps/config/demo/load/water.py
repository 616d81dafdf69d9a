"""Wells, aflaj and protection zones: the ministry's, over every town."""

import datetime
from datetime import timedelta
from decimal import Decimal

from apps.territory.models import Authority, Inventory
from apps.wells.models import Falaj, MotherWell, ProtectionZone, Well, WellOwner

from ..dice import dice
from ..people import Person
from ..site import phrase
from ..town import Town
from .cadastre import Parcels
from .parties import add_parties
from .rows import add, areas, stored

INVENTORIED = ("wells", "aflaj", "protection-zones")
SURVEY_ENDED, SURVEY_LASTED = timedelta(days=420), timedelta(days=500)
OLDEST_WELL = 14_000  # days


def load(town: Town, ministry: Authority, parcels: Parcels, today: datetime.date) -> None:
    """All of one town's country."""
    surveyed = today - SURVEY_ENDED
    _falaj(town, ministry, surveyed)
    _wells(town, ministry, parcels, surveyed)
    add(
        ProtectionZone,
        (
            ProtectionZone(
                authority=ministry,
                name_ar=zone.name.ar,
                name_en=zone.name.en,
                kind=zone.kind,
                valid_from=surveyed,
                geom=areas(town.frame, zone.outline),
            )
            for zone in town.zones
        ),
    )
    _inventories(town, ministry, surveyed)


def _falaj(town: Town, ministry: Authority, since: datetime.date) -> None:
    source = town.falaj
    row = Falaj.objects.create(
        authority=ministry,
        name_ar=source.name.ar,
        name_en=source.name.en,
        kind=Falaj.Kind.DAWUDI,
        valid_from=since,
        geom=stored(town.frame, source.channel),
    )
    MotherWell.objects.create(
        authority=ministry, falaj=row, depth_m=Decimal(str(source.depth)), geom=stored(town.frame, source.mother)
    )


def _wells(town: Town, ministry: Authority, parcels: Parcels, since: datetime.date) -> None:
    rng = dice(len(town.wells), town.site.code, "well numbers")
    first = Well.objects.count() + 1
    rows = add(
        Well,
        (
            Well(
                authority=ministry,
                number=f"W-{number:05d}",
                kind=well.kind,
                use=well.use,
                status=well.status,
                depth_m=Decimal(str(well.depth)),
                drilled_on=since - timedelta(days=int(rng.integers(200, OLDEST_WELL))),
                parcel=parcels[id(well.lot)] if well.lot else None,
                valid_from=since,
                geom=stored(town.frame, well.place),
            )
            for number, well in enumerate(town.wells, start=first)
        ),
    )
    owners = {id(holding.lot): holding.owner for holding in town.holdings}
    pairs = [(row, owners[id(well.lot)]) for row, well in zip(rows, town.wells, strict=True) if well.lot]
    parties = add_parties((_apart(owner, town) for _row, owner in pairs), ministry)
    add(
        WellOwner,
        (WellOwner(authority=ministry, well=row, party=parties[_apart(owner, town)]) for row, owner in pairs),
    )


def _apart(owner: Person, town: Town) -> Person:
    """People of different towns are different people, though both towns count from one."""
    return Person(owner.name, owner.legal, f"{owner.number}{town.site.crs[-1]}", owner.phone)


def _inventories(town: Town, ministry: Authority, ended: datetime.date) -> None:
    """The whole country of a town was walked, but for the sea."""
    for layer in INVENTORIED:
        name = phrase("inventory").of(phrase(layer))
        Inventory.objects.create(
            authority=ministry,
            layer=layer,
            name_ar=name.ar,
            name_en=name.en,
            surveyed_from=ended - SURVEY_LASTED,
            surveyed_to=ended,
            geom=areas(town.frame, town.surveyed),
        )
