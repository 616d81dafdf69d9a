"""The place of a quarantined point is typed, in any system of the country, or set on the map; an outline is drawn."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.geos import GEOSGeometry
from django.urls import reverse

from gis.db.acting import acting_as
from gis.exchange.models import ImportRun, Quarantine
from tests.apps.town import Town, found_towns
from tests.config.test_imports import officer
from tests.config.test_imports_feature import POINT, fresh, shape_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(settings: Any, tmp_path: Path) -> Town:
    settings.MEDIA_ROOT = tmp_path / "media"
    return found_towns()


def held(town: Town, layer: str = "wells") -> Quarantine:
    """A feature without a geometry."""
    with acting_as(authorities=[town.here.pk], actor="test"):
        run = ImportRun.objects.create(authority_id=town.here.pk, layer=layer, file_name="w.csv", state="done")
        item: Quarantine = Quarantine.objects.create(
            run=run, authority_id=town.here.pk, row=1, code="missing", reason_ar="x", reason_en="x",
            attributes={"n": 1},
        )  # fmt: skip
    return item


def address(item: Quarantine) -> str:
    return reverse("admin:spatial_quarantine_change", args=[item.pk])


def place(town: Town, item: Quarantine) -> tuple[float, float] | None:
    drawn = fresh(town, item).drawn
    return None if drawn is None else tuple(round(part, 4) for part in GEOSGeometry(memoryview(bytes(drawn))).coords)


@pytest.mark.parametrize(
    "typed", ["23.55, 58.05", "٢٣٫٥٥، ٥٨٫٠٥", "WGS84 UTM 40N 607166 2604797", "23°33'00\"N 58°03'00\"E"]
)
def test_it_is_typed(town: Town, typed: str):
    item, client = held(town), officer(town)
    client.post(address(item), {"do": "keep", "version": 0, "shape": "", "shape_typed": typed})
    lng, lat = place(town, item) or (0, 0)
    assert (lng, lat) == pytest.approx((58.05, 23.55), abs=2e-4)


def test_what_is_typed_stands_for_what_the_map_had(town: Town):
    item, client = held(town), officer(town)
    client.post(address(item), {"do": "keep", "version": 0, "shape": POINT})
    page = client.get(address(item)).content.decode()
    client.post(address(item), {"do": "keep", "version": 1, "shape": shape_in(page), "shape_typed": "23.56, 58.06"})
    assert place(town, item) == (58.06, 23.56)


@pytest.mark.parametrize(
    ("language", "told", "label"), [("ar", "ليس مكانًا", "أو اكتب المكان"), ("en", "is no place", "Or type the place")]
)
@pytest.mark.parametrize("do", ["keep", "release", "reject"])
def test_what_is_no_place_is_said_and_kept(town: Town, language: str, told: str, label: str, do: str):
    item, client = held(town), officer(town, language=language)
    typed = {"do": do, "version": 0, "value:0": "8", "shape": POINT, "shape_typed": "here <b>", "reason": "old"}
    page = client.post(address(item), typed).content.decode()
    assert told in page.partition('id="place-fault"')[2]
    assert label in page
    assert 'name="shape_typed" value="here &lt;b&gt;"' in page
    assert json.loads(shape_in(page)) == json.loads(POINT)
    assert 'name="value:0" value="8"' in page
    assert (fresh(town, item).version, item.state) == (0, "open")


def test_an_outline_is_drawn(town: Town):
    item, client = held(town, "parcels"), officer(town)
    assert "shape_typed" not in client.get(address(item)).content.decode()
    client.post(address(item), {"do": "keep", "version": 0, "shape": "", "shape_typed": "23.55, 58.05"})
    assert place(town, item) is None
