"""Authorities and their calendars."""

import datetime
from itertools import pairwise

import pytest
from django.db import IntegrityError

from apps.config import reference
from apps.core.models import new_key
from apps.territory import services
from apps.territory.models import Authority, CalendarException, WorkingCalendar
from gis.db.acting import acting_as

pytestmark = pytest.mark.django_db
DAY = datetime.date(2020, 1, 1)


def found(code: str = "here") -> Authority:
    key = new_key()
    with acting_as(authorities=[key]):
        return services.found_authority(
            key=key,
            code=code,
            kind=Authority.Kind.MUNICIPALITY,
            name_ar="بلدية",
            name_en="Town",
            working_crs="EPSG:26986",
            jurisdiction=None,
            since=DAY,
            first_language="en",
        )


def test_an_authority_publishes_nothing_unless_told():
    authority = found()
    authority.refresh_from_db()
    assert not authority.publishes_parcels
    assert authority.working_crs == "EPSG:26986"
    assert authority in Authority.objects.current()


def test_a_code_is_given_once():
    found()
    with pytest.raises(IntegrityError):
        found()


def test_a_calendar_has_week_and_holidays():
    authority = found()
    with acting_as(authorities=[authority.pk]):
        calendar = services.give_calendar(authority=authority, week=reference.week(), holidays=reference.holidays())
        assert calendar.weekdays == "12347"
        assert calendar.exceptions.count() == len(reference.holidays())


def test_a_calendar_is_the_authoritys_own():
    here, there = found(), found("there")
    with acting_as(authorities=[here.pk]):
        services.give_calendar(authority=here, week=reference.week(), holidays=reference.holidays())
    with acting_as(authorities=[there.pk]):
        assert not WorkingCalendar.objects.exists()
        assert not CalendarException.objects.exists()


def test_holidays_are_in_order_and_do_not_meet():
    days = reference.holidays()
    assert days == sorted(days, key=lambda one: one.first_day)
    for one, after in pairwise(days):
        assert one.first_day <= one.last_day < after.first_day
