"""Makes the records of the country by quarters, each in one transaction, so that it can be ended at any time.

What has been made is told by the schemes: run again, it goes on with the first quarter that has none.
"""

import math
from datetime import date, datetime
from importlib.resources import files
from typing import Any
from uuid import UUID

from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.db import connection, connections
from shapely import Polygon

from apps.addressing.models import AddressUnit, LegacyAddress, Street
from apps.parcels.models import Parcel, Scheme
from apps.reports.models import Report
from apps.territory.models import Authority, Wilayat
from apps.wells.models import Well
from gis import crs
from gis.db.acting import acting_as

from ..load import authorities
from ..load.authorities import ACTOR, REASON
from ..patience import take_time
from ..site import phrase, water_ministry
from . import plan, words
from .abreast import abreast
from .plan import Quarter, Settlement
from .progress import Progress, Say

# In this order: entrances know their street and parcel, notes their report.
STATEMENTS = ("parcels", "streets", "units", "old_addresses", "wells", "reports", "notes")
NEED_PLOTS = ("parcels", "streets", "units", "reports")
NAMED_STREETS = 6
ABREAST = 2
FILLED = (Parcel, Street, AddressUnit, LegacyAddress, Well, Report)


def fill(scale: str, *, seed: int, now: datetime, say: Say) -> None:
    """Make what is missing of the country at this scale."""
    quarters = list(plan.quarters(scale))
    made = _made()
    missing = [quarter for quarter in quarters if (quarter.settlement.code, quarter.code) not in made]
    if not missing:
        say("The country is complete.")
        return
    owners = _found(plan.settlements(scale), now.date())
    progress = Progress(len(quarters), len(missing), say)

    def make(quarter: Quarter) -> None:
        _make(quarter, owners[quarter.settlement.code], seed, now)
        progress.made(quarter)

    make(missing[0])
    _analyze()
    abreast([share for share in _shares(missing[1:]) if share], make)
    _analyze()


def _shares(missing: list[Quarter]) -> list[list[Quarter]]:
    """Every other settlement: quarters of one touch, so two of them at once would wait for each other."""
    return [[one for one in missing if one.settlement.number % ABREAST == turn] for turn in range(ABREAST)]


def _made() -> set[tuple[str, str]]:
    """Settlement and quarter of the schemes that are there."""
    owners = Authority.objects.filter(code__in=[one.code for one in plan.settlements(plan.scales()[-1])])
    with acting_as(authorities=[owner.pk for owner in owners], actor=ACTOR, reason=REASON):
        return set(Scheme.objects.filter(authority__in=owners).values_list("authority__code", "code"))


def _found(settlements: list[Settlement], today: date) -> dict[str, Authority]:
    """The municipalities, and a ministry whose jurisdiction spans them too."""
    made = {}
    for settlement in settlements:
        outline = MultiPolygon(_area(settlement), srid=4326)
        made[settlement.code] = authorities.municipality(
            settlement.code, settlement.name, settlement.crs, outline, today
        )
        with acting_as(authorities=[made[settlement.code].pk], actor=ACTOR, reason=REASON):
            authorities.equip(made[settlement.code])
    ministry = Authority.objects.get(code=water_ministry()[0])
    with acting_as(authorities=[ministry.pk], actor=ACTOR, reason=REASON):
        covered: GEOSGeometry = ministry.geom or MultiPolygon(srid=4326)
        for settlement in settlements:
            covered = covered.union(_area(settlement))
        ministry.geom = covered if isinstance(covered, MultiPolygon) else MultiPolygon(covered, srid=4326)
        ministry.save(update_fields=["geom"])
    return made | {ministry.code: ministry}


def _area(settlement: Settlement) -> Any:
    outline = crs.to_storage(Polygon(settlement.outline()), crs.operation(settlement.crs))
    return GEOSGeometry(outline.wkt, srid=4326)


def _make(quarter: Quarter, owner: Authority, seed: int, now: datetime) -> None:
    ministry = Authority.objects.get(code=water_ministry()[0])
    with acting_as(authorities=[owner.pk, ministry.pk], actor=ACTOR, reason=REASON), connection.cursor() as cursor:
        take_time()
        cursor.execute("SELECT parcels_check_late()")
        wilayat = Wilayat.objects.get(code=quarter.settlement.wilayat)
        scheme = Scheme.objects.create(
            authority=owner, code=quarter.code, wilayat=wilayat, name_ar=quarter.name.ar, name_en=quarter.name.en
        )
        values = _values(quarter, seed, now) | {
            "owner": owner.pk, "ministry": ministry.pk, "scheme": scheme.pk, "wilayat": wilayat.pk,
        }  # fmt: skip
        for name in STATEMENTS:
            cursor.execute(_statement(name), values)


def _values(quarter: Quarter, seed: int, now: datetime) -> dict[str, Any]:
    """What the SQL of a quarter is told."""
    streets = plan.street_names(quarter, NAMED_STREETS)
    street, way = phrase("street"), phrase("way")
    texts: dict[str, list[str] | list[UUID]] = words.said(quarter, street.of(streets[0]), seed)
    return texts | {
        "seed": seed * 1000 + quarter.number, "code": quarter.code, "crs": quarter.settlement.crs,
        "east": quarter.corner[0], "north": quarter.corner[1], "bend": quarter.number * 0.7,
        "cos": math.cos(quarter.settlement.turned), "sin": math.sin(quarter.settlement.turned),
        "today": now.date(), "now": now, "block": str(300 + quarter.within), "first_way": quarter.first_way,
        "lanes": [f"{quarter.code}-L{lane}" for lane in range(plan.WAYS)],
        "street_ar": street.ar, "street_en": street.en, "way_ar": way.ar, "way_en": way.en,
        "names_ar": [name.ar for name in streets], "names_en": [name.en for name in streets],
        "quarter_ar": quarter.name.ar, "quarter_en": quarter.name.en, "answers": words.answers(),
        "units": plan.UNITS, "wells": plan.WELLS, "reports": plan.REPORTS,
    }  # fmt: skip


def _statement(name: str) -> str:
    text = _text(name)
    return f"WITH {_text('plots')} {text}" if name in NEED_PLOTS else text


def _text(name: str) -> str:
    return files(__package__).joinpath(f"{name}.sql").read_text(encoding="utf-8")


def _analyze() -> None:
    """What the planner must know of tables that were empty a moment ago; others than their owner may not tell it."""
    tables = ", ".join(f'"{model._meta.db_table}"' for model in FILLED)
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"ANALYZE {tables}")
