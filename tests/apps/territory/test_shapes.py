"""A shape that cannot be kept is refused at the form, in words."""

import pytest
from django.test import Client
from django.urls import reverse

from apps.territory.models import Inventory
from gis.db.acting import acting_as
from tests.apps.town import found_towns, hire

BOW_TIE = '{"type":"MultiPolygon","coordinates":[[[[58,23],[58.1,23.1],[58.1,23],[58,23.1],[58,23]]]]}'


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "said"), [("ar", "ارسمه من جديد"), ("en", "Draw it again")])
def test_an_unsound_shape(language: str, said: str):
    town = found_towns()
    client = Client(headers={"Accept-Language": language})
    client.force_login(hire(town.here, "gis_officer"))
    given = {
        "authority": town.here.pk, "name_ar": "حصر", "layer": "wells", "surveyed_from": "2026-01-01",
        "surveyed_to": "2026-02-01", "geom": BOW_TIE,
    }  # fmt: skip
    page = client.post(reverse("admin:territory_inventory_add"), given).content.decode()
    assert said in page
    assert "inventory_geometry_is_sound" not in page
    with acting_as(authorities=[town.here.pk]):
        assert not Inventory.objects.exists()
