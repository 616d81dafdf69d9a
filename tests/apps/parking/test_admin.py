"""Parking on the desk: an amount with the decimals and the name of its currency, ways to pay in words."""

from decimal import Decimal

import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.test import Client
from django.urls import reverse

from apps.parking.models import ParkingZone, RateTable
from gis.db.acting import acting_as
from tests.apps.town import Town, found_towns, hire

ZONES = "admin:parking_parkingzone_changelist"
OUTLINE = MultiPolygon(Polygon.from_bbox((58.04, 23.54, 58.05, 23.55)), srid=4326)
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("language", "currency", "written", "said"),
    [
        ("ar", "OMR", "0.100", "0.100 ريال عماني"),
        ("en", "OMR", "0.100", "0.100 Omani rials"),
        ("en", "USD", "0.10", "0.10 US dollars"),
    ],
)
@pytest.mark.parametrize("role", ["manager", "planner"])
def test_a_price_is_said_in_its_currency(language: str, currency: str, written: str, said: str, role: str):
    town = found_towns()
    about = {"currency": currency, "step_minutes": 30, "step_price": Decimal("0.1"), "valid_from": "2020-01-01"}
    with acting_as(authorities=[town.here.pk]):
        table = RateTable.objects.create(authority=town.here, name_ar="تعرفة", **about)
    client = Client(headers={"Accept-Language": language})
    client.force_login(hire(town.here, role))
    assert said in client.get(reverse("admin:parking_ratetable_changelist")).content.decode()
    page = client.get(reverse("admin:parking_ratetable_change", args=[table.pk])).content.decode()
    assert said in page
    assert (f'name="step_price" value="{written}"' in page) == (role == "manager")


def zones(town: Town) -> list[ParkingZone]:
    with acting_as(authorities=[town.here.pk]):
        return [
            ParkingZone.objects.create(
                authority=town.here, code=code, name_ar=code, kind="free", geom=OUTLINE, payment_channels=ways
            )
            for code, ways in (("Z-one", ["app", "sms"]), ("Z-two", ["web"]), ("Z-none", []))
        ]


def signed_in(town: Town, role: str, language: str) -> Client:
    client = Client(headers={"Accept-Language": language})
    client.force_login(hire(town.here, role))
    return client


@pytest.mark.parametrize(("language", "ways"), [("en", "SMS, App"), ("ar", "رسالة نصية، تطبيق")])
def test_the_list_says_ways_to_pay_and_is_filtered_by_them(language: str, ways: str):
    town = found_towns()
    zones(town)
    client = signed_in(town, "manager", language)
    assert ways in client.get(reverse(ZONES)).content.decode()
    found = client.get(reverse(ZONES), {"payment_channels": "sms"}).content.decode()
    assert "Z-one" in found
    assert "Z-two" not in found
    assert "Z-none" not in found
    assert client.get(reverse(ZONES), {"payment_channels__contained_by": "sms"}).status_code == 400


@pytest.mark.parametrize(("language", "ways"), [("en", "SMS, App"), ("ar", "رسالة نصية، تطبيق")])
def test_a_reader_is_told_them_in_words(language: str, ways: str):
    town = found_towns()
    zone = zones(town)[0]
    page = signed_in(town, "planner", language).get(reverse("admin:parking_parkingzone_change", args=[zone.pk]))
    assert ways in page.content.decode()
    assert 'name="payment_channels"' not in page.content.decode()


def test_they_are_ticked_and_kept_in_the_order_of_the_list():
    town = found_towns()
    zone = zones(town)[1]
    client = signed_in(town, "manager", "en")
    address = reverse("admin:parking_parkingzone_change", args=[zone.pk])
    page = client.get(address).content.decode()
    assert page.count('type="checkbox" name="payment_channels"') == 4
    form = {
        "code": "Z-two", "name_ar": "Z-two", "kind": "free", "valid_from": "2026-01-01", "geom": OUTLINE.json,
        "payment_channels": ["meter", "sms"], "hours-TOTAL_FORMS": "0", "hours-INITIAL_FORMS": "0",
    }  # fmt: skip
    answer = client.post(address, form)
    assert answer.status_code == 302, answer.content.decode()
    with acting_as(authorities=[town.here.pk]):
        assert ParkingZone.objects.get(pk=zone.pk).payment_channels == ["sms", "meter"]
    history = client.get(reverse("admin:parking_parkingzone_history", args=[zone.pk])).content.decode()
    assert "Website" in history
    assert "SMS, Parking meter" in history
    refused = client.post(address, form | {"payment_channels": ["cheque"]})
    assert refused.status_code == 200
    assert "cheque" in refused.content.decode()
