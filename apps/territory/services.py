"""Every write to administrative units, authorities and their calendars, other than an officer's own edits."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.contrib.gis.geos import MultiPolygon
from django.db import transaction

from .models import Authority, CalendarException, Governorate, UnitAlias, Wilayat, WorkingCalendar


@dataclass(frozen=True)
class Unit:
    """An administrative unit as a list of names knows it: without a shape."""

    code: str
    name_ar: str
    name_en: str
    valid_from: datetime.date
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Week:
    """Working days as ISO weekday numbers (Monday is 1) and hours in the authority's local time."""

    name_ar: str
    name_en: str
    weekdays: str
    opens: datetime.time
    closes: datetime.time


@dataclass(frozen=True)
class DaysOff:
    """A holiday, its last day included."""

    first_day: datetime.date
    last_day: datetime.date
    name_ar: str
    name_en: str


@transaction.atomic
def record_governorate(*, unit: Unit) -> bool:
    """Add the governorate and the spellings that are missing; True when it was not there.

    What is there stays as it is: an operator may have corrected a name or drawn the shape.
    """
    governorate, is_new = Governorate.objects.get_or_create(code=unit.code, defaults=_named(unit))
    known = set(governorate.aliases.values_list("name", flat=True))
    UnitAlias.objects.bulk_create(UnitAlias(governorate=governorate, name=n) for n in unit.aliases if n not in known)
    return is_new


@transaction.atomic
def record_wilayat(*, unit: Unit, governorate: str) -> bool:
    """Add the wilayat under the governorate of that code, and missing spellings; True when it was not there."""
    defaults = _named(unit) | {"governorate": Governorate.objects.get(code=governorate)}
    wilayat, is_new = Wilayat.objects.get_or_create(code=unit.code, defaults=defaults)
    known = set(wilayat.aliases.values_list("name", flat=True))
    UnitAlias.objects.bulk_create(UnitAlias(wilayat=wilayat, name=n) for n in unit.aliases if n not in known)
    return is_new


@transaction.atomic
def found_authority(
    *,
    key: UUID,
    code: str,
    kind: Authority.Kind,
    name_ar: str,
    name_en: str,
    working_crs: str,
    jurisdiction: MultiPolygon | None,
    since: datetime.date,
    first_language: str = "ar",
    survey_tolerance_m: Decimal = Decimal("0.200"),
    publishes_parcels: bool = False,
) -> Authority:
    """Make a tenant, anywhere in the world: `working_crs` is the system its surveyors use ("EPSG:26986").

    The caller acts for it already, by its `key` (`apps.core.models.new_key`).
    """
    return Authority.objects.create(
        id=key,
        code=code,
        kind=kind,
        name_ar=name_ar,
        name_en=name_en,
        working_crs=working_crs,
        geom=jurisdiction,
        valid_from=since,
        first_language=first_language,
        survey_tolerance_m=survey_tolerance_m,
        publishes_parcels=publishes_parcels,
    )


@transaction.atomic
def give_calendar(*, authority: Authority, week: Week, holidays: Iterable[DaysOff]) -> WorkingCalendar:
    """Give the authority its working week and holidays. The caller acts for the authority."""
    calendar = WorkingCalendar.objects.create(
        authority=authority,
        name_ar=week.name_ar,
        name_en=week.name_en,
        weekdays=week.weekdays,
        opens=week.opens,
        closes=week.closes,
    )
    CalendarException.objects.bulk_create(
        CalendarException(
            authority=authority,
            calendar=calendar,
            name_ar=days.name_ar,
            name_en=days.name_en,
            first_day=days.first_day,
            last_day=days.last_day,
        )
        for days in holidays
    )
    return calendar


def _named(unit: Unit) -> dict[str, object]:
    return {"name_ar": unit.name_ar, "name_en": unit.name_en, "valid_from": unit.valid_from}
