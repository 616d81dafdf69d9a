"""Layers of the base map: read only everywhere else, and yet filled from files at the desk."""

import re
from pathlib import Path

import pytest
from django.urls import reverse

from apps.territory.models import BaseFeature
from gis.db.acting import acting_as
from gis.exchange.look import look_at
from gis.exchange.models import Delivery, ImportRun
from gis.exchange.runs import take_up
from gis.exchange.target import find_target
from gis.layers import registry
from tests.apps.town import Town, found_towns, hire

from .test_imports import START, begin, client_of, officer, plots_here, town

__all__ = ["town"]


@pytest.mark.django_db
def test_they_are_offered_after_the_others(town: Town):
    for language, heading in (("en", "Base map"), ("ar", "خريطة الأساس")):
        text = officer(town, language=language).get(START).content.decode()
        records, _mark, base = text.partition(f'<optgroup label="{heading}">')
        offered = {layer.id for layer in registry if f'value="{layer.id}"' in base}
        assert offered == {layer.id for layer in registry if layer.base_map}
        assert 'value="parcels"' in records
        assert not [
            layer.id for layer in registry if f'value="{layer.id}"' in text and layer.id in ("reports", "wilayats")
        ]


@pytest.mark.django_db
@pytest.mark.parametrize(("asked", "chosen"), [("", []), ("nothing", []), ("parcels", ["parcels"])])
def test_no_layer_is_chosen_for_anybody(town: Town, asked: str, chosen: list[str]):
    """A file must not go into the first of the list because nobody looked."""
    text = officer(town).get(START, {"layer": asked}).content.decode()
    assert re.findall(r'<option value="([^"]*)" selected>', text) == chosen
    assert ('<option value="">— choose —</option>' in text) is (not chosen)


@pytest.mark.django_db
def test_who_may_not_change_them_may_not_bring_them(town: Town):
    for role in ("planner", "desk_officer"):
        assert begin(client_of(hire(town.here, role)), town, layer="base-buildings").status_code == 403


@pytest.mark.usefixtures("committed_db")
def test_a_file_becomes_buildings(tmp_path: Path, settings: object):
    settings.MEDIA_ROOT = tmp_path / "media"  # type: ignore[attr-defined]
    town, path = found_towns(), plots_here(tmp_path)
    client = officer(town)
    ways = begin(client, town, size=path.stat().st_size, name=path.name, layer="base-buildings").json()
    client.post(f"{ways['piece']}?at=0", path.read_bytes(), content_type="application/octet-stream")
    client.post(ways["complete"])
    with acting_as(authorities=[town.here.pk], actor="test"):
        delivery = Delivery.objects.get()
        look_at(delivery, find_target("base-buildings", "here"))
        delivery.save()
    assert "The first 2 features land" in client.get(ways["page"]).content.decode()
    client.post(ways["page"], {"do": "run", "source:name_en": "column:plot"})
    with acting_as(authorities=[town.here.pk], actor="test"):
        run = ImportRun.objects.get()
    take_up(run.pk, town.here.pk)
    with acting_as(authorities=[town.here.pk], actor="test"):
        made = list(BaseFeature.objects.filter(authority=town.here).order_by("name_en"))
    assert [(one.kind, one.name_en) for one in made] == [("building", "1"), ("building", "2")]
    report = client.get(reverse("admin:spatial_importrun_change", args=[run.pk])).content.decode()
    for one in made:
        page = reverse("admin:territory_basefeature_change", args=[one.pk])
        assert page in report
        assert client.get(page).status_code == 200
