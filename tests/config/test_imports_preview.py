"""What the page of a file says of where its features would land: no more than was found."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import shapely
from django.urls import reverse
from django.utils.translation import override

from apps.config.imports.access import target_of
from apps.config.imports.previewing import in_words
from apps.territory.models import Authority
from gis.db.acting import acting_as
from tests.apps.town import Town
from tests.gis.exchange.files import Plot, square, write

from .test_imports import officer, town, upload

__all__ = ["town"]
pytestmark = pytest.mark.django_db
LANGUAGES = ("en", "ar")


def plots_at(folder: Path, *places: float) -> Path:
    """Plots in the town, each so many degrees east of its corner."""
    shapes = [shapely.affinity.translate(square(0), 58.01 + x - 57.50, 23.55 - 23.40) for x in places]
    return write(folder / "plots.gpkg", [Plot(shape, f"s{n}", str(n)) for n, shape in enumerate(shapes)])


def told(town: Town, path: Path, language: str) -> str:
    client = officer(town, language=language)
    delivery = upload(client, town, path)
    return str(client.get(reverse("admin:import_preview", args=[delivery.pk])).json()["told"])


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "The first 3 features land around longitude 58.0200, latitude 23.5500. All of them lie inside here."),
        ("ar", "تقع المعالم الأولى وعددها 3 حول خط الطول 58.0200 ودائرة العرض 23.5500. وكلها داخل حدود here."),
    ],
)
def test_all_inside(town: Town, tmp_path: Path, language: str, words: str):
    assert told(town, plots_at(tmp_path, 0, 0.01, 0.02), language) == words


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "1 of them lies outside here and would go to the quarantine."),
        ("ar", "وواحد منها خارج حدود here وسيذهب إلى الحجر."),
    ],
)
def test_some_outside(town: Town, tmp_path: Path, language: str, words: str):
    said = told(town, plots_at(tmp_path, 0, 0.01, 0.5), language)
    assert said.endswith(words)
    assert "3" in said


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Whether that is inside here is not known: it has no area yet."),
        ("ar", "ولا يُعرف أهو داخل حدود here، فليس لها حدود بعد."),
    ],
)
def test_an_authority_without_an_area(town: Town, tmp_path: Path, language: str, words: str):
    with acting_as(authorities=[town.here.pk], actor="test"):
        Authority.objects.filter(pk=town.here.pk).update(geom=None)
    assert told(town, plots_at(tmp_path, 0, 0.01), language).endswith(words)


@pytest.mark.parametrize(("language", "told_of"), [("en", "The first 5,000"), ("ar", "وعددها 5,000 ")])
def test_many_are_counted_in_groups_of_three(town: Town, language: str, told_of: str):
    seen: Any = SimpleNamespace(refusal=None, place=(58.02, 23.55), seen=5000, outside=1250)
    with override(language):
        words = in_words(seen, target_of("parcels", town.here.pk))
    assert told_of in words
    assert "1,250" in words


def test_the_page_says_it_by_itself(town: Town, tmp_path: Path):
    """Before the script has asked, and where there is none."""
    client = officer(town)
    delivery = upload(client, town, plots_at(tmp_path, 0, 0.01))
    page = reverse("admin:import_file", args=[delivery.pk])
    text = client.get(page).content.decode()
    assert (
        ">The first 2 features land around longitude 58.0150, latitude 23.5500. All of them lie inside here.<" in text
    )
    text = client.post(page, {"swap_axes": "1"}).content.decode()
    assert 'role="status" class="errornote"' in text
    assert "the features lie outside" in text.partition('id="preview-told"')[2]
