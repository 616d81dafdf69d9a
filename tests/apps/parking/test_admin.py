"""Tariffs on the desk: an amount with the decimals and the name of its currency."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from apps.parking.models import RateTable
from gis.db.acting import acting_as
from tests.apps.town import found_towns, hire

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
