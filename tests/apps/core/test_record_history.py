"""What the desk tells of a record's past: names instead of keys, days and numbers as people write them."""

import datetime
from decimal import Decimal

import pytest
from django.contrib.gis.geos import Point
from django.utils.translation import override

from apps.addressing.models import AddressUnit, Street
from apps.core.record_history import lines
from apps.parcels.models import Parcel
from gis.db.acting import acting_as
from tests.apps.accounts.city import Two, acting_for_both, two_authorities
from tests.rows import make


@pytest.fixture
def two(committed_db: str) -> Two:
    return two_authorities()


def told(two: Two, record: AddressUnit | Parcel, language: str) -> dict[str, tuple[str, str]]:
    with override(language), acting_as(user=two.officer.id):
        return {one.name: (one.before, one.after) for one in lines(type(record), record.pk)[0].differences}


def test_a_key_is_told_by_its_name(two: Two) -> None:
    with acting_for_both(two):
        old, new = (make(Street, authority=two.here, name_ar=name) for name in ("شارع المدرسة", "سكة النور"))
        unit = make(AddressUnit, authority=two.here, number=7, street=old, geom=Point(58, 23, srid=4326))
        unit.street = new
        unit.save()
    assert list(told(two, unit, "ar").values()) == [(str(old), str(new))]


def test_days_and_amounts_are_written_as_people_do(two: Two) -> None:
    with acting_for_both(two):
        parcel = make(Parcel, authority=two.here, plot_no="7", legal_area_m2=Decimal("600.00"))
        parcel.legal_area_m2 = Decimal("1250.50")
        parcel.valid_from = datetime.date(2026, 2, 1)
        parcel.save()
    said = told(two, parcel, "en")
    assert ("600", "1,250.5") in said.values()
    assert any(after == "Sunday 1 February 2026" for _before, after in said.values())
