"""The catalogue of rasters on the desk: every officer reads it, superusers withdraw from it and say why."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from gis.rasters import sampling
from gis.rasters.importing import folder
from gis.rasters.models import Raster
from tests.apps.town import Town, found_towns, hire
from tests.terrain import rising_northwards

pytestmark = pytest.mark.django_db
LIST = reverse("admin:spatial_raster_changelist")
MIDDLE = (58.05, 23.55)  # in the municipality called here


@pytest.fixture
def town() -> Town:
    return found_towns()


@pytest.fixture
def hill(town: Town, tmp_path: Path) -> Iterator[Raster]:
    with rising_northwards((*MIDDLE, *MIDDLE), tmp_path) as raster:
        yield raster


def signed_in(person: User, language: str = "en") -> Client:
    client = Client(headers={"Accept-Language": language})
    client.force_login(person)
    return client


@pytest.fixture
def national() -> Client:
    return signed_in(User.objects.create(username="national", first_name="N", is_superuser=True, is_staff=True))


def page(name: str, raster: Raster) -> str:
    return reverse(f"admin:spatial_raster_{name}", args=[raster.pk])


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("body", ["here", "there"])
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Lowest and highest", "1.0–300.0</bdi> m", "150.5</bdi> m", "300 × 300", "WGS 84", "in use")),
        ("ar", ("الأدنى والأعلى", "1.0–300.0</bdi> م", "150.5</bdi> م", "300 × 300", "WGS 84", "مستخدم")),
    ],
)
def test_every_officer_reads_it_wherever_it_lies(
    town: Town, hill: Raster, body: str, language: str, words: tuple[str, ...]
):
    client = signed_in(hire(getattr(town, body), "planner"), language)
    listed, shown = text(client, LIST), text(client, page("change", hill))
    for said in ("ارتفاعات للاختبار", "Heights for a test", "a test", "CC0"):
        assert said in listed
        assert said in shown
    assert words[-1] in listed
    for said in (*words, hill.sha256, "data-ground"):
        assert said in shown
    assert "EPSG:4326" in shown
    assert 'name="_save"' not in shown
    assert "/delete/" not in shown
    assert text(client, page("history", hill))


@pytest.mark.parametrize("role", ["planner", "gis_officer", "manager"])
def test_no_municipality_withdraws_for_the_others(town: Town, hill: Raster, role: str):
    client = signed_in(hire(town.here, role))
    assert client.get(page("delete", hill)).status_code == 403
    assert client.post(page("delete", hill), {"post": "yes", "reason": "mine"}).status_code == 403
    assert client.post(page("change", hill), {"title_en": "Changed"}).status_code == 403
    assert client.get(reverse("admin:spatial_raster_add")).status_code == 403
    assert Raster.objects.get().title_en == "Heights for a test"


@pytest.mark.parametrize("address", ["change", "history", "delete", None])
def test_who_has_no_role_reads_nothing(hill: Raster, address: str | None):
    client = signed_in(hire(None, is_staff=True))
    answer = client.get(page(address, hill) if address else LIST)
    assert answer.status_code in (302, 403)
    assert "CC0" not in answer.content.decode()


def test_a_withdrawal_says_why(town: Town, hill: Raster, national: Client, django_capture_on_commit_callbacks: Any):
    way, file = page("delete", hill), folder() / hill.file
    assert way in text(national, page("change", hill))
    assert "for all authorities" in text(national, way)
    for reason in ("", "  "):
        assert "Say why" in national.post(way, {"post": "yes", "reason": reason}, follow=True).content.decode()
        assert sampling.at(*MIDDLE) is not None
    with django_capture_on_commit_callbacks(execute=True):
        said = national.post(way, {"post": "yes", "reason": "<b>superseded"}, follow=True).content.decode()
    assert "is withdrawn" in said
    assert not file.exists()
    assert sampling.at(*MIDDLE) is None
    listed = text(signed_in(hire(town.there, "planner"), "ar"), LIST)
    assert "المسحوبة" in listed
    assert "ارتفاعات للاختبار" in listed
    assert "&lt;b&gt;superseded" in listed
    assert national.get(way).status_code == 302


def test_a_file_that_is_missing_is_said(hill: Raster, national: Client):
    (folder() / hill.file).unlink()
    assert "its file is missing: import it again" in text(national, LIST)
    shown = text(national, page("change", hill))
    assert "its file is missing" in shown
    assert "data-ground" not in shown


def test_it_leads_to_the_map_where_the_ground_is_drawn(hill: Raster, national: Client):
    answer = text(national, page("change", hill))
    lng, lat = hill.geom.centroid.coords
    assert f"/en/?c={lat:.5f},{lng:.5f}&amp;z=" in answer


def test_search_finds_it_by_title_or_source(hill: Raster, national: Client):
    for asked, found in (("ارتفاعات", True), ("cc0", True), ("nothing", False)):
        assert (page("change", hill) in text(national, f"{LIST}?q={asked}")) is found
