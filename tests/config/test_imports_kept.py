"""The page of a saved mapping says what it makes of a file."""

import re
from pathlib import Path

import pytest
from django.urls import reverse

from gis.db.acting import acting_as
from gis.exchange.models import SavedMapping
from tests.apps.town import Town

from .test_imports import officer, plots_here, town, upload

__all__ = ["town"]
pytestmark = pytest.mark.django_db
CHOICES = {
    "columns": {"plot_no": "plot", "land_use": "use", "x": "E <b>", "y": "N", "district": ""},
    "values": {"block_no": "7"},
    "recodes": {"land_use": {"housing": "residential"}},
    "crs": "EPSG:32640",
    "dates": "dmy",
    "swap_axes": True,
}


def rows(text: str) -> list[list[str]]:
    """What stands in the cells of the page's tables."""
    found = re.findall(r"<tr>(.*?)</tr>", text, re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in found]
    return [[" ".join(re.sub("<[^>]*>", "", cell).split()) for cell in row] for row in cells]


def page(town: Town, language: str, **kept: object) -> str:
    with acting_as(authorities=[town.here.pk], actor="test"):
        about = {"name": "survey", "columns": ["plot", "use", "E <b>", "N", "zone"], "choices": CHOICES} | kept
        made = SavedMapping.objects.create(authority_id=town.here.pk, **{"layer": "parcels"} | about)
    address = reverse("admin:spatial_savedmapping_change", args=[made.pk])
    return officer(town, language=language).get(address).content.decode()


@pytest.mark.parametrize(
    ("language", "expected", "others"),
    [
        (
            "en",
            [
                ["Plot", "plot", "—"],
                ["Block", "one value for all rows: 7", "—"],
                ["Land use", "use", "housing is read as Residential"],
                ["Coordinate system", "EPSG:32640"],
                ["Easting, x or longitude", "E &lt;b&gt;"],
                ["The file has latitude before longitude", "Yes"],
                ["Text encoding", "as the file says"],
                ["Dates like 03/04/2024", "begin with the day"],
            ],
            "Other columns of the file: zone",
        ),
        (
            "ar",
            [
                ["الحقل", "العمود في الملف", "قيم تُقرأ بغير لفظها"],
                ["نظام الإحداثيات", "EPSG:32640"],
                ["الشرقيات أو x أو خط الطول", "E &lt;b&gt;"],
                ["ترميز النص", "كما يذكر الملف"],
            ],
            "أعمدة الملف الأخرى: zone",
        ),
    ],
)
def test_columns_values_and_recodes(town: Town, language: str, expected: list[list[str]], others: str):
    text = page(town, language)
    found = rows(text)
    assert [row for row in expected if row not in found] == []
    assert others in " ".join(re.sub("<[^>]*>", "", text).split())


@pytest.mark.parametrize(("language", "title"), [("en", "Saved mapping"), ("ar", "مطابقة محفوظة")])
def test_the_page_is_called_what_it_is(town: Town, language: str, title: str):
    assert f"<h1>{title}</h1>" in page(town, language)


def test_of_a_layer_that_is_no_more_it_says_what_was_kept(town: Town):
    text = page(town, "en", layer="gone", choices={"columns": {"plot_no": "plot"}})
    assert ["plot_no", "plot", "—"] in rows(text)


def test_one_that_names_nothing_says_so(town: Town, tmp_path: Path):
    upload(officer(town), town, plots_here(tmp_path))
    assert "No column is named" in page(town, "en", choices={})
