"""What a stay costs, to the baisa and the minute, and who opens zones."""

import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.utils import timezone

from apps.accounts.models import Membership
from apps.accounts.permissions import RIGHTS, Action
from apps.core.refusals import NotAllowed
from apps.parking.models import ParkingZone, RateTable
from apps.parking.services import (
    BadHours,
    CodeInUse,
    Hours,
    NoTariff,
    NoTariffForPaid,
    NotForSale,
    StayEndsBeforeItBegins,
    StayTooLong,
    open_zone,
    price,
)
from apps.territory.models import CalendarException, WorkingCalendar
from gis.db.acting import acting_as
from tests.apps.town import AT, Town, found_towns, hire

pytestmark = pytest.mark.django_db
MORNING = Hours("12347", datetime.time(8), datetime.time(13))
EVENING = Hours("12347", datetime.time(16), datetime.time(21))
OUTLINE = MultiPolygon(Polygon.from_bbox((58.04, 23.54, 58.05, 23.55)), srid=4326)


@pytest.fixture
def town() -> Town:
    return found_towns()


@pytest.fixture
def zone(town: Town) -> ParkingZone:
    return opened(town, by=hire(town.here, "manager"))


def rates(town: Town, **given: Any) -> RateTable:
    basis: dict[str, Any] = {
        "authority": town.here, "name_ar": "عادية", "currency": "OMR", "step_minutes": 30,
        "step_price": Decimal("0.100"), "longest_minutes": 300, "valid_from": datetime.date(2020, 1, 1),
    }  # fmt: skip
    with acting_as(authorities=[town.here.pk]):
        return RateTable.objects.create(**(basis | given))


def opened(town: Town, **given: Any) -> ParkingZone:
    basis: dict[str, Any] = {
        "authority": town.here, "code": "A1", "name_ar": "الخوير", "outline": OUTLINE,
        "hours": [MORNING, EVENING], "at": AT,
    }  # fmt: skip
    if "rate_table" not in given:
        basis["rate_table"] = rates(town)
    return open_zone(**(basis | given))


def at(day: int, clock: str) -> datetime.datetime:
    """March 2026 in local time; the 1st is a Sunday."""
    hour, minute = clock.split(":")
    return datetime.datetime(2026, 3, day, int(hour), int(minute), tzinfo=timezone.get_default_timezone())


def cost(zone: ParkingZone, start: datetime.datetime, end: datetime.datetime) -> Any:
    with acting_as(authorities=[zone.authority_id]):
        return price(zone, start, end)


@pytest.mark.parametrize(
    ("start", "end", "amount"),
    [
        ((2, "09:00"), (2, "09:30"), "0.100"),
        ((2, "09:00"), (2, "09:31"), "0.200"),
        ((2, "09:00"), (2, "09:01"), "0.100"),
        ((2, "09:00"), (2, "11:00"), "0.400"),
        ((2, "12:30"), (2, "16:30"), "0.200"),  # the pause at noon is free
        ((2, "12:45"), (2, "16:15"), "0.100"),  # a quarter before and after it make one step
        ((2, "13:00"), (2, "16:00"), "0"),
        ((2, "05:00"), (2, "08:00"), "0"),
        ((2, "20:30"), (3, "08:30"), "0.200"),  # over midnight
        ((6, "09:00"), (6, "12:00"), "0"),  # Friday
        ((5, "20:00"), (8, "09:00"), "0.400"),  # over the weekend
    ],
)
def test_the_price_of_a_stay(zone: ParkingZone, start: tuple, end: tuple, amount: str):
    assert cost(zone, at(*start), at(*end)).amount == Decimal(amount)


def test_it_is_explained(zone: ParkingZone):
    made = cost(zone, at(2, "12:30"), at(2, "17:00"))
    assert (made.steps, made.step_minutes, made.step_price, made.currency) == (3, 30, Decimal("0.100"), "OMR")
    assert [(span.start, span.end) for span in made.spans] == [
        (at(2, "12:30"), at(2, "13:00")),
        (at(2, "16:00"), at(2, "17:00")),
    ]
    assert made.amount == made.steps * made.step_price


def test_the_hours_are_local_whatever_zone_the_times_come_in(zone: ParkingZone):
    start, end = at(2, "07:30"), at(2, "08:30")
    for elsewhere in (datetime.UTC, ZoneInfo("America/New_York")):
        assert cost(zone, start.astimezone(elsewhere), end.astimezone(elsewhere)).amount == Decimal("0.100")


def test_a_holiday_is_free_and_other_hours_of_offices_are_not(town: Town, zone: ParkingZone):
    with acting_as(authorities=[town.here.pk]):
        calendar = WorkingCalendar.objects.create(
            authority=town.here, name_ar="x", weekdays="12347", opens="07:30", closes="14:30"
        )
        for day, opens in ((3, None), (4, "10:00")):
            CalendarException.objects.create(
                authority=town.here, calendar=calendar, name_ar="عيد", opens=opens, closes=opens and "12:00",
                first_day=datetime.date(2026, 3, day), last_day=datetime.date(2026, 3, day),
            )  # fmt: skip
    assert cost(zone, at(3, "09:00"), at(3, "10:00")).amount == 0
    assert cost(zone, at(4, "09:00"), at(4, "10:00")).amount == Decimal("0.200")


def test_hours_that_say_the_same_twice_are_paid_once(town: Town):
    twice = opened(
        town, hours=[MORNING, Hours("1", datetime.time(9), datetime.time(14))], by=hire(town.here, "manager")
    )
    assert cost(twice, at(2, "08:00"), at(2, "12:00")).amount == Decimal("0.800")
    assert len(cost(twice, at(2, "12:00"), at(2, "14:00")).spans) == 2


def test_the_night_on_which_the_clock_changes(town: Town, settings):
    settings.TIME_ZONE = "America/New_York"
    always = [Hours("1234567", datetime.time(0), datetime.time(23, 59))]
    zone = opened(town, rate_table=rates(town, longest_minutes=None), hours=always, by=hire(town.here, "manager"))
    local = ZoneInfo("America/New_York")
    start = datetime.datetime(2026, 3, 8, 1, tzinfo=local)
    assert cost(zone, start, datetime.datetime(2026, 3, 8, 4, tzinfo=local)).steps == 4  # two hours passed, not three


def test_refusals(town: Town, zone: ParkingZone):
    with pytest.raises(StayEndsBeforeItBegins):
        cost(zone, at(2, "10:00"), at(2, "10:00"))
    with pytest.raises(StayTooLong):
        cost(zone, at(2, "08:00"), at(2, "16:31"))
    cost(zone, at(2, "08:00"), at(2, "13:00"))
    manager = hire(town.here, "manager")
    permit = opened(town, code="P", kind="permit", rate_table=None, hours=[], by=manager)
    with pytest.raises(NotForSale):
        cost(permit, at(2, "09:00"), at(2, "10:00"))
    free = opened(town, code="F", kind="free", rate_table=None, hours=[], by=manager)
    assert cost(free, at(2, "09:00"), at(2, "10:00")).amount == 0


@pytest.mark.parametrize(
    ("since", "until"), [(datetime.date(2026, 3, 3), None), (datetime.date(2020, 1, 1), datetime.date(2026, 3, 2))]
)
def test_a_tariff_that_is_not_in_force_is_not_taken(town: Town, since, until):
    table = rates(town, valid_from=since, valid_to=until)
    zone = opened(town, rate_table=table, by=hire(town.here, "manager"))
    with pytest.raises(NoTariff):
        cost(zone, at(2, "09:00"), at(2, "10:00"))


def test_who_does_not_see_the_hours_is_not_told_that_it_is_free(zone: ParkingZone):
    """Row-level security hides them from a caller who acts for nobody: no price is better than none to pay."""
    with pytest.raises(NoTariff):
        price(zone, at(2, "09:00"), at(2, "10:00"))


def test_a_zone_opens_with_its_hours(zone: ParkingZone):
    with acting_as(authorities=[zone.authority_id]):
        assert [str(one) for one in zone.hours.order_by("starts")] == ["12347 08:00–13:00", "12347 16:00–21:00"]
    assert zone.valid_from == timezone.localdate(AT)


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"rate_table": None}, NoTariffForPaid),
        ({"hours": []}, NoTariffForPaid),
        ({"hours": [Hours("8", datetime.time(8), datetime.time(9))]}, BadHours),
        ({"hours": [Hours("", datetime.time(8), datetime.time(9))]}, BadHours),
        ({"hours": [Hours("1", datetime.time(9), datetime.time(8))]}, BadHours),
    ],
)
def test_a_zone_that_makes_no_sense_is_refused(town: Town, given: dict[str, Any], refusal: type[Exception]):
    with pytest.raises(refusal):
        opened(town, by=hire(town.here, "manager"), **given)


def test_a_code_is_given_once(town: Town, zone: ParkingZone):
    with pytest.raises(CodeInUse):
        opened(town, by=hire(town.here, "manager"))


@pytest.mark.parametrize("role", Membership.Role.values)
def test_by_role(town: Town, role: str):
    person = hire(town.here, role)
    if role in RIGHTS[Action.EDIT_LAYER]:
        opened(town, by=person)
    else:
        with pytest.raises(NotAllowed):
            opened(town, by=person)
    with pytest.raises(NotAllowed):
        opened(town, code="B", by=hire(town.there, "manager"))
