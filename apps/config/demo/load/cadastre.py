"""Schemes, parcels, parties and rights. Parcels come back by their lot, for what stands on them."""

import datetime
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

import numpy as np

from apps.parcels.models import Parcel, Right, Scheme
from apps.territory.models import Authority, Wilayat
from gis.origins import Origin, ewkb, transformation_of

from ..dice import dice
from ..land import Lot
from ..town import Town
from .parties import add_parties
from .rows import add, areas

# Years ago in which a kind of district was first surveyed.
AGES = {"old": (32, 45), "oasis": (32, 45), "gardens": (30, 45), "souq": (22, 38), "homes": (9, 30), "new": (1, 7)}
PLANNED_SHARE = 0.35  # plots of new districts that nobody has been given yet
SPLIT_SHARE = 0.015  # plots that were split from their neighbour and share its number

Parcels = dict[int, Parcel]


def load(town: Town, owner: Authority, wilayat: Wilayat, today: datetime.date) -> Parcels:
    """Parcels by the identity of their lot."""
    schemes = _schemes(town, owner, wilayat)
    made = add(Parcel, _parcels(town, owner, schemes, today))
    _keep_surveys(town, owner, made)
    by_lot = {id(lot): parcel for lot, parcel in zip(town.land.lots, made, strict=True)}
    parties = add_parties((holding.owner for holding in town.holdings), owner)
    add(
        Right,
        (
            Right(
                authority=owner,
                parcel=by_lot[id(holding.lot)],
                party=parties[holding.owner],
                share_numerator=holding.share[0],
                share_denominator=holding.share[1],
                valid_from=by_lot[id(holding.lot)].valid_from,
            )
            for holding in town.holdings
            if by_lot[id(holding.lot)].status != Parcel.Status.PLANNED
        ),
    )
    return by_lot


def _keep_surveys(town: Town, owner: Authority, parcels: list[Parcel]) -> None:
    """The surveyed coordinates in the town's own system, as after an import."""
    by = town.frame.operation
    transformation = transformation_of(by)
    add(
        Origin,
        (
            Origin(
                table=Parcel._meta.db_table,
                record_id=parcel.pk,
                authority_id=owner.pk,
                transformation=transformation,
                original=ewkb(town.frame.working(lot.outline), by.source),
            )
            for lot, parcel in zip(town.land.lots, parcels, strict=True)
        ),
    )


def _schemes(town: Town, owner: Authority, wilayat: Wilayat) -> dict[int, Scheme]:
    numbers = sorted(town.land.quarters)
    made = add(
        Scheme,
        (
            Scheme(
                authority=owner,
                code=f"{number:02d}",
                wilayat=wilayat,
                name_ar=town.land.quarters[number].ar,
                name_en=town.land.quarters[number].en,
            )
            for number in numbers
        ),
    )
    return dict(zip(numbers, made, strict=True))


def _parcels(town: Town, owner: Authority, schemes: dict[int, Scheme], today: datetime.date) -> Iterator[Parcel]:
    rng = dice(len(town.land.lots), town.site.code, "parcels")
    numbers = _plot_numbers(town.land.lots, rng)
    for lot, number in zip(town.land.lots, numbers, strict=True):
        kind = town.land.kinds[lot.quarter]
        planned = kind == "new" and not lot.built and rng.random() < PLANNED_SHARE
        since = _since(kind, today, rng)
        status = Parcel.Status.PLANNED if planned else _status(lot, rng)
        yield Parcel(
            authority=owner,
            plot_no=number,
            block_no=f"{lot.quarter}{lot.block:02d}",
            scheme=schemes[lot.quarter],
            wilayat=schemes[lot.quarter].wilayat,
            land_use=lot.land_use,
            status=status,
            legal_area_m2=_legal_area(lot, town, rng),
            krooki_no="" if planned else f"{lot.quarter:02d}-{int(rng.integers(1, 99_999)):05d}",
            deed_no=f"{since.year}/{int(rng.integers(1, 99_999)):05d}" if status == Parcel.Status.REGISTERED else "",
            valid_from=since,
            geom=areas(town.frame, lot.outline),
        )


def _plot_numbers(lots: list[Lot], rng: np.random.Generator) -> Iterator[str]:
    """Counted by scheme; a plot split from the one before shares its number: 118, 118/1."""
    plots: dict[int, int] = defaultdict(int)
    parts = 0
    for lot in lots:
        if plots[lot.quarter] and rng.random() < SPLIT_SHARE:
            parts += 1
            yield f"{plots[lot.quarter]}/{parts}"
        else:
            plots[lot.quarter] += 1
            parts = 0
            yield str(plots[lot.quarter])


def _since(kind: str, today: datetime.date, rng: np.random.Generator) -> datetime.date:
    youngest, oldest = AGES.get(kind, (8, 20))
    return today - datetime.timedelta(days=int(rng.integers(youngest * 365, oldest * 365)))


def _status(lot: Lot, rng: np.random.Generator) -> Parcel.Status:
    return Parcel.Status.REGISTERED if lot.built or rng.random() < 0.8 else Parcel.Status.SURVEYED


def _legal_area(lot: Lot, town: Town, rng: np.random.Generator) -> Decimal:
    """What the deed says: the drawn area rounded, or an old tape's measure of it."""
    area = lot.outline.area
    if lot.planned is None:
        area *= 1 + rng.normal(0, 0.012)
    elif rng.random() < 0.3:
        area *= 1 + rng.normal(0, 0.002)
    return Decimal(round(area)).quantize(Decimal("0.01"))
