"""Numbering units and keeping their old names: by whom, on which side, and under concurrency."""

from functools import partial
from typing import Any

import pytest
from django.contrib.gis.geos import LineString, MultiLineString, Point

from apps.accounts.models import Membership
from apps.accounts.permissions import RIGHTS, Action
from apps.addressing.models import AddressUnit, LegacyAddress, Street
from apps.addressing.numbering import fits_side, stands_left
from apps.addressing.services import (
    Area,
    NoStreetNoArea,
    NothingToRecord,
    NumberTaken,
    WrongSide,
    address_near,
    number_unit,
    record_old_address,
)
from apps.core.refusals import NotAllowed
from apps.reports.models import Report
from gis.db.acting import acting_as
from tests.apps.reports.sending import send
from tests.apps.together import at_once
from tests.apps.town import AT, HERE, Town, found_towns, hire

NORTH = Point(58.05, 23.5501, srid=4326)  # left of a street that was drawn from west to east
SOUTH = Point(58.05, 23.5499, srid=4326)


@pytest.fixture
def town(db: None) -> Town:
    return found_towns()


def street_of(town: Town, name: str = "شارع مزون") -> Street:
    line = MultiLineString(LineString((58.04, 23.55), (58.06, 23.55)), srid=4326)
    with acting_as(authorities=[town.here.pk]):
        return Street.objects.create(authority=town.here, name_ar=name, geom=line)


def give(town: Town, number: int, **given: Any) -> AddressUnit:
    odd = number % 2 == 1
    basis: dict[str, Any] = {"authority": town.here, "location": NORTH if odd else SOUTH, "number": number, "at": AT}
    return number_unit(**(basis | given))


def test_a_number_in_a_street(town: Town):
    clerk, street = hire(town.here, "gis_officer"), street_of(town)
    unit = give(town, 9, street=street, by=clerk)
    assert (unit.number, unit.street_id, unit.authority_id) == (9, street.pk, town.here.pk)


def test_odd_on_the_left_even_on_the_right(town: Town):
    clerk, street = hire(town.here, "gis_officer"), street_of(town)
    give(town, 10, street=street, by=clerk)
    for number, place in ((11, SOUTH), (12, NORTH)):
        with pytest.raises(WrongSide):
            give(town, number, street=street, location=place, by=clerk)


def test_a_number_is_given_once_in_a_street_and_a_suffix_makes_another(town: Town):
    clerk, street, other = hire(town.here, "gis_officer"), street_of(town), street_of(town, "شارع البحر")
    give(town, 9, street=street, by=clerk)
    with pytest.raises(NumberTaken):
        give(town, 9, street=street, by=clerk)
    give(town, 9, street=street, suffix="A", by=clerk)
    give(town, 9, street=other, by=clerk)


def test_without_a_street_the_area_numbers(town: Town):
    clerk = hire(town.here, "gis_officer")
    give(town, 25, area=Area("كمزار الغربية"), by=clerk)
    give(town, 25, area=Area("كمزار الشرقية"), by=clerk)
    with pytest.raises(NumberTaken):
        give(town, 25, area=Area("كمزار الغربية"), by=clerk)
    with pytest.raises(NoStreetNoArea):
        give(town, 26, by=clerk)


@pytest.mark.parametrize("role", Membership.Role.values)
def test_by_role(town: Town, role: str):
    person, street = hire(town.here, role), street_of(town)
    if role in RIGHTS[Action.EDIT_LAYER]:
        unit = give(town, 9, street=street, by=person)
        record_old_address(unit=unit, way_no="12", by=person, at=AT)
    else:
        with pytest.raises(NotAllowed):
            give(town, 9, street=street, by=person)


def test_an_officer_of_elsewhere_numbers_nothing_here(town: Town):
    street, stranger = street_of(town), hire(town.there, "manager")
    with pytest.raises(NotAllowed):
        give(town, 9, street=street, by=stranger)


def test_an_old_address_is_kept_once(town: Town):
    clerk, street = hire(town.here, "gis_officer"), street_of(town)
    unit = give(town, 9, street=street, by=clerk)
    for _ in range(2):
        record_old_address(unit=unit, building_no="1234", way_no="5678", by=clerk, at=AT)
    with acting_as(user=clerk.pk):
        assert LegacyAddress.objects.filter(unit=unit).count() == 1
    with pytest.raises(NothingToRecord):
        record_old_address(unit=unit, by=clerk, at=AT)


def test_a_report_carries_the_nearest_address(town: Town):
    give(town, 9, street=street_of(town), by=hire(town.here, "gis_officer"))
    report = send(location=HERE)
    with acting_as(authorities=[town.here.pk]):
        assert Report.objects.get(pk=report.pk).address == "9، شارع مزون"
        assert address_near(location=HERE, metres=5, language="ar") == ""
    assert address_near(location=HERE, metres=100, language="ar") == ""


def test_the_side_follows_the_direction_and_the_nearest_piece():
    east = MultiLineString(LineString((58.0, 23.5), (58.1, 23.5)), srid=4326)
    west = MultiLineString(LineString((58.1, 23.5), (58.0, 23.5)), srid=4326)
    above = Point(58.05, 23.501, srid=4326)
    assert stands_left(east, above) is True
    assert stands_left(west, above) is False
    assert stands_left(east, Point(58.05, 23.5, srid=4326)) is None
    bent = MultiLineString(LineString((58.0, 23.5), (58.1, 23.5), (58.1, 23.6)), srid=4326)
    assert stands_left(bent, Point(58.11, 23.55, srid=4326)) is False
    assert stands_left(bent, Point(58.09, 23.55, srid=4326)) is True
    assert fits_side(7, left=None)
    assert fits_side(8, left=None)


def test_two_officers_at_once_cannot_give_one_number_twice(committed_db: str):
    town = found_towns()
    street = street_of(town)
    clerks = [hire(town.here, "gis_officer") for _ in range(6)]
    for number in (9, 11, 13):
        results = at_once([partial(give, town, number, street=street, by=clerk) for clerk in clerks])
        assert sum(isinstance(result, AddressUnit) for result in results) == 1, results
        assert sum(isinstance(result, NumberTaken) for result in results) == 5
