"""An address unit is entered at the desk together with what stands behind it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.addressing.models import AddressUnit, LegacyAddress, SubAddress
from gis.db.acting import acting_as
from tests.apps.town import found_towns, hire

pytestmark = pytest.mark.django_db
ADD = reverse("admin:addressing_addressunit_add")


def parts(name: str, **first: Any) -> dict[str, Any]:
    """The management form of the parts, and the first of them."""
    counts = {f"{name}-TOTAL_FORMS": 1 if first else 0, f"{name}-INITIAL_FORMS": 0}
    return counts | {f"{name}-0-{field}": value for field, value in first.items()}


def test_a_unit_is_added_with_its_parts():
    towns = found_towns()
    client = Client()
    client.force_login(hire(towns.here, "gis_officer"))
    page = client.get(ADD)
    assert page.status_code == 200
    assert "DatabaseDefault" not in page.content.decode()
    place = '{"type": "Point", "coordinates": [58.05, 23.55]}'
    form = {"authority": towns.here.pk, "number": "7", "area_ar": "الحي", "geom": place, "valid_from": "2025-01-01"}
    form |= parts("sub_addresses", kind="shop", number="2") | parts("legacy", way_no="7711", building_no="15")
    wrong = client.post(ADD, form | {"number": ""})
    assert wrong.status_code == 200
    assert "DatabaseDefault" not in wrong.content.decode()
    answer = client.post(ADD, form)
    assert answer.status_code == 302, answer.content.decode()
    with acting_as(authorities=[towns.here.pk]):
        unit = AddressUnit.objects.get(number=7)
        assert (
            SubAddress.objects.get(unit=unit).authority == LegacyAddress.objects.get(unit=unit).authority == towns.here
        )
