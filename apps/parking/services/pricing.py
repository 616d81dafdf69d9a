"""What a stay costs: the paid time within it, in started steps of the tariff. Explained, not only summed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.core.refusals import Refusal
from apps.territory.models import CalendarException

from ..models import ParkingZone, RateTable, ZoneHours


class StayEndsBeforeItBegins(Refusal):
    code = "stay_ends_before_it_begins"
    sentence = _("The stay ends before it begins. Give an end after its beginning.")


class StayTooLong(Refusal):
    code = "stay_too_long"
    sentence = _("Here one may pay for up to %(minutes)s minutes at a time. Choose a shorter stay.")


class NotForSale(Refusal):
    code = "parking_not_for_sale"
    sentence = _("This zone is for permit holders only. Park in a paid or a free zone.")


class NoTariff(Refusal):
    code = "no_tariff"
    sentence = _("No tariff is in force in zone %(zone)s on this day. Tell the authority.")


@dataclass(frozen=True)
class Span:
    """A piece of time, from `start` up to, not including, `end`."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Price:
    """The amount in units of the currency, and how it came about: paid spans, started steps, price of a step."""

    amount: Decimal
    currency: str
    steps: int
    step_minutes: int
    step_price: Decimal
    spans: tuple[Span, ...]


FREE = Price(Decimal(0), "", 0, 0, Decimal(0), ())


def price(zone: ParkingZone, start: datetime, end: datetime) -> Price:
    """What a stay costs, for the authority's caller. Times are aware; hours are the installation's local time.

    Only time within the zone's hours is paid, none on the authority's holidays; pieces on both sides of a free pause
    are added before the last started step is rounded up. Raises StayEndsBeforeItBegins, NotForSale, NoTariff,
    StayTooLong.
    """
    if end <= start:
        raise StayEndsBeforeItBegins
    if zone.kind == ParkingZone.Kind.FREE:
        return FREE
    if zone.kind == ParkingZone.Kind.PERMIT:
        raise NotForSale
    rates = _rates(zone, timezone.localdate(start))
    hours = list(zone.hours.order_by("starts"))
    if not hours:  # unseen by this caller, or never set: either way not free of charge
        raise NoTariff(zone=zone.code)
    spans = tuple(_paid(zone, hours, start, end))
    paid = sum((_length(span) for span in spans), timedelta())
    if rates.longest_minutes is not None and paid > timedelta(minutes=rates.longest_minutes):
        raise StayTooLong(minutes=rates.longest_minutes)
    steps = -(-paid // timedelta(minutes=rates.step_minutes))
    return Price(steps * rates.step_price, rates.currency, steps, rates.step_minutes, rates.step_price, spans)


def _rates(zone: ParkingZone, on: date) -> RateTable:
    rates = zone.rate_table
    if rates is None or rates.valid_from > on or (rates.valid_to is not None and rates.valid_to <= on):
        raise NoTariff(zone=zone.code)
    return rates


def _paid(zone: ParkingZone, hours: list[ZoneHours], start: datetime, end: datetime) -> Iterator[Span]:
    """The pieces of the stay that are paid, in order and without overlap, whatever the hours say twice."""
    local = timezone.get_default_timezone()
    days = list(_days(start.astimezone(local).date(), end.astimezone(local).date()))
    free = _holidays(zone, days)
    reached = start
    for day in days:
        for ruled in sorted(_ruled(day, hours, local), key=lambda span: span.start) if day not in free else ():
            begins, ends = max(ruled.start, reached), min(ruled.end, end)
            if begins < ends:
                yield Span(begins, ends)
                reached = ends


def _ruled(day: date, hours: list[ZoneHours], local: tzinfo) -> Iterator[Span]:
    for one in hours:
        if str(day.isoweekday()) in one.weekdays:
            yield Span(datetime.combine(day, one.starts, local), datetime.combine(day, one.ends, local))


def _length(span: Span) -> timedelta:
    """Elapsed time; the difference of two wall clocks is wrong on the days on which the clock is changed."""
    return span.end.astimezone(UTC) - span.start.astimezone(UTC)


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def _holidays(zone: ParkingZone, days: list[date]) -> set[date]:
    """Days on which the authority's calendar has no hours at all; other hours of offices do not concern parking."""
    holidays = CalendarException.objects.filter(
        authority=zone.authority_id, opens__isnull=True, first_day__lte=days[-1], last_day__gte=days[0]
    )
    spans = list(holidays.values_list("first_day", "last_day"))
    return {day for day in days if any(first <= day <= last for first, last in spans)}
