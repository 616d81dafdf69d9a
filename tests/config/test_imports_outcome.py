"""A run in numbers: what adds up, what is beside it, and that a list which is not whole says so."""

import re
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.test import Client
from django.urls import reverse
from django.utils.translation import ngettext, override

from apps.config.imports import outcome, reporting
from gis.db.acting import acting_as
from gis.exchange.models import Delivery, ImportFeature, ImportRun, Quarantine
from gis.exchange.report import Report
from gis.exchange.taking_out import lines
from tests.apps.town import Town, found_towns
from tests.config.test_imports import officer, quarantined

pytestmark = pytest.mark.django_db
COUNTS = Report(
    read=1000, added=900, changed=40, unchanged=10, repaired=3, ended=2, quarantine={"overlaps_row": 50}
).to_json()  # fmt: skip


@pytest.fixture
def town() -> Town:
    return found_towns()


def reported(town: Town, kind: str = "file") -> ImportRun:
    """Ten new records, the last of them repaired, and one that ended, which is of no row."""
    with acting_as(authorities=[town.here.pk], actor="test"):
        run: ImportRun = ImportRun.objects.create(
            authority_id=town.here.pk, layer="parcels", file_name="p.gpkg", state="done", kind=kind, counts=COUNTS
        )
        about: list[dict[str, Any]] = [{"row": row, "outcome": "new", "notes": ""} for row in range(10)]
        about[9]["notes"] = "closed"
        about += [{"row": None, "outcome": "ended", "notes": ""}]
        ImportFeature.objects.bulk_create(
            ImportFeature(run=run, authority_id=town.here.pk, record_id=town.here.pk, **one) for one in about
        )
        Quarantine.objects.bulk_create(
            Quarantine(run=run, authority_id=town.here.pk, row=row, code="overlaps_row", reason_ar="x", reason_en="x")
            for row in range(20, 25)
        )
    return run


def page_of(client: Client, run: ImportRun) -> str:
    return client.get(reverse("admin:spatial_importrun_change", args=[run.pk])).content.decode()


def test_what_was_read_is_what_stands_in_its_line(town: Town):
    page = page_of(officer(town), reported(town))
    rows = re.findall(r'<dl class="imports__counts">(.*?)</dl>', page, re.DOTALL)
    numbers = [[int(text.replace(",", "")) for text in re.findall(r"<dd>(?:<a [^>]*>)?([\d,]+)", row)] for row in rows]
    assert numbers == [[1000, 900, 40, 10, 50], [3, 2]]
    assert numbers[0][0] == sum(numbers[0][1:])


def test_every_linked_number_has_its_list(town: Town, monkeypatch: pytest.MonkeyPatch):
    """Also those whose rows come late, or have none."""
    for module in (outcome, reporting):
        monkeypatch.setattr(module, "LISTED", 4)
    page = page_of(officer(town), reported(town))
    linked = re.findall(r'<dd><a href="#([^"]+)"', page)
    assert linked == ["features-new", "quarantine", "features-repaired", "features-ended"]
    assert all(f'id="{name}"' in page for name in linked)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("ar", ["أول 4 من 900", "يُعرض هنا وعلى الخريطة أول 4 من 50", "أول 7 من 50"]),
        ("en", ["the first 4 of 900", "The first 4 of 50 are listed here", "the first 7 of 50"]),
    ],
)
def test_a_list_that_is_not_whole_says_so(town: Town, monkeypatch: pytest.MonkeyPatch, language: str, told: list[str]):
    for module in (outcome, reporting):
        monkeypatch.setattr(module, "LISTED", 4)
    monkeypatch.setattr(reporting, "MOST", 7)
    page = page_of(officer(town, language=language), reported(town))
    assert [words for words in told if words not in page] == []


@pytest.mark.parametrize(
    ("about", "drawn"),
    [({}, True), ({"quarantine": {}, "read": 950}, True), ({"quarantine": {}, "read": 950, "repaired": 0}, False)],
)
def test_there_is_a_map_where_something_is_on_it(town: Town, about: dict[str, Any], drawn: bool):
    run = reported(town)
    with acting_as(authorities=[town.here.pk], actor="test"):
        ImportRun.objects.filter(pk=run.pk).update(counts=COUNTS | about)
    assert ('id="places"' in page_of(officer(town), run)) is drawn


@pytest.mark.parametrize(("language", "words"), [("ar", "استيراد ملف آخر"), ("en", "Import another file")])
def test_a_run_whose_file_is_gone_leads_to_the_next(town: Town, language: str, words: str):
    page = page_of(officer(town, language=language), reported(town))
    assert f'href="{reverse("admin:import_start")}?layer=parcels">{words}</a>' in page


def test_of_a_release_the_reasons_lead_to_the_work_list(town: Town):
    page = page_of(officer(town), reported(town, "release"))
    assert 'id="quarantine"' in page
    assert "overlaps another row" in page
    assert "run__id__exact" not in page


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("ar", ["كيف قُرئ الملف", "EPSG:32640 (كما", "قطعة أرض = NO", "واحد لكل الصفوف: <bdi>",
                "أعمدة الموقع: <bdi>lon، lat", "لم يُفحص"]),
        ("en", ["How the file was read", "EPSG:32640 (as you said)", "= NO", "The same for every row: <bdi>", "B7",
                "Columns of the place: <bdi>lon, lat", "Columns not imported: <bdi>COLOUR",
                "The place was not checked"]),
    ],
)  # fmt: skip
def test_the_report_tells_how_the_file_was_read(town: Town, language: str, told: list[str]):
    run = reported(town)
    about = {"format": "CSV", "system": "EPSG:32640", "system_from": "option", "operation": "o", "encoding": "UTF-8",
             "encoding_from": "option", "place_checked": False, "columns": {"plot_no": "NO"},
             "values": {"block_no": "B7"}, "places": {"x": "lon", "y": "lat"}, "unused": ["COLOUR"]}  # fmt: skip
    with acting_as(authorities=[town.here.pk], actor="test"):
        ImportRun.objects.filter(pk=run.pk).update(source=about)
    page = page_of(officer(town, language=language), run)
    assert [words for words in told if words not in page] == []


@pytest.mark.parametrize(("language", "words"), [("ar", "يتداخل مع صف آخر"), ("en", "overlaps another row")])
def test_a_file_taken_away_tells_the_reason_in_words(town: Town, language: str, words: str):
    item = quarantined(town)
    item.code = "overlaps_row"
    with override(language):
        _heading, line = lines([item], [])
    assert line[1] == words


@pytest.mark.parametrize(
    ("minutes", "arabic", "english"),
    [
        (1, "بقيت نحو دقيقة واحدة", "about 1 minute left"),
        (2, "بقيت نحو دقيقتين", "about 2 minutes left"),
        (3, "بقيت نحو 3 دقائق", "about 3 minutes left"),
        (11, "بقيت نحو 11 دقيقة", "about 11 minutes left"),
        (102, "بقيت نحو 102 دقيقة", "about 102 minutes left"),
    ],
)
def test_minutes_are_counted_as_the_language_does(
    town: Town, monkeypatch: pytest.MonkeyPatch, minutes: int, arabic: str, english: str
):
    monkeypatch.setattr(reporting, "seconds_left", lambda *_given: minutes * 60)
    with acting_as(authorities=[town.here.pk], actor="test"):
        run = ImportRun.objects.create(authority_id=town.here.pk, layer="parcels", file_name="p", state="waiting")
    for language, words in (("ar", arabic), ("en", english)):
        address = reverse("admin:import_progress", args=[run.pk])
        assert words in officer(town, language=language).get(address).content.decode()


@pytest.mark.parametrize(("count", "judged", "rejected"), [(1, "معلم واحد", "معلم واحد"), (2, "معلمان", "معلمان")])
def test_one_and_two_are_words_in_arabic(count: int, judged: str, rejected: str):
    with override("ar"):
        one = ngettext("%(n)d feature is being judged anew.", "%(n)d features are being judged anew.", count)
        other = ngettext("%(n)d feature is rejected.", "%(n)d features are rejected.", count)
    assert judged in one
    assert rejected in other


@pytest.mark.parametrize(
    ("language", "words"), [("ar", "معلم كبير واحد غير مرسوم هنا."), ("en", "1 large feature is not drawn here.")]
)
def test_what_is_too_large_to_draw_is_said(town: Town, language: str, words: str):
    run = reported(town)
    with acting_as(authorities=[town.here.pk], actor="test"):
        run.quarantine.filter(row=20).update(original=bytes(500_000), original_crs="EPSG:4326")
        run.quarantine.filter(row=21).update(original=Point(58, 23).wkb.tobytes(), original_crs="EPSG:4326")
    answer = officer(town, language=language).get(reverse("admin:import_places", args=[run.pk])).json()
    assert answer["left_out"] == words
    assert [one["properties"]["row"] for one in answer["features"]] == [21]


def test_a_file_that_is_not_whole_says_so_in_its_name(town: Town, monkeypatch: pytest.MonkeyPatch):
    run, client = reported(town), officer(town)
    address = reverse("admin:import_csv", args=[run.pk])
    assert "first" not in client.get(address)["Content-Disposition"]
    monkeypatch.setattr("gis.exchange.taking_out.MOST", 3)
    answer = client.get(address)
    assert "-first-3.csv" in answer["Content-Disposition"]
    assert len(b"".join(answer).splitlines()) == 4


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ar", ("بقي في الملف جدولان أو طبقتان لم تُستوردا", "استيراد الجدول التالي من هذا الملف")),
        ("en", ("The file has 2 more tables or layers that were not imported", "Import the next table of this file")),
    ],
)
def test_the_next_table_of_the_file_needs_no_upload(town: Town, language: str, words: tuple[str, str]):
    run = reported(town)
    with acting_as(authorities=[town.here.pk], actor="test"):
        found = {"tables": ["HOUSES", "SHOPS", "WELLS"], "whole": None}
        delivery = Delivery.objects.create(
            authority_id=town.here.pk, layer="parcels", file_name="p.dxf", size=1, state="ready", found=found
        )
        ImportRun.objects.filter(pk=run.pk).update(delivery=delivery, choices={"table": "HOUSES"})
    address, client = reverse("admin:spatial_importrun_change", args=[run.pk]), officer(town, language=language)
    page = client.get(address).content.decode()
    assert [word for word in words if word not in page] == []
    assert reverse("admin:import_file", args=[delivery.pk]) in page
    with acting_as(authorities=[town.here.pk], actor="test"):
        Delivery.objects.update(kept=False)
    assert words[1] not in client.get(address).content.decode()
