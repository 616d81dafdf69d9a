"""The page of one quarantined feature: what its form takes back, and what it keeps of a form that is refused."""

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.test import Client
from django.urls import reverse

from apps.config.imports import bulk
from apps.parcels.models import Parcel
from gis.db.acting import acting_as
from gis.exchange import worklist
from gis.exchange.models import ImportRun, Quarantine
from tests.apps.town import Town, found_towns
from tests.config.test_imports import officer, quarantined

pytestmark = pytest.mark.django_db
POINT = json.dumps({"type": "Point", "coordinates": [58.05, 23.55]})


@pytest.fixture
def town(settings: Any, tmp_path: Path) -> Town:
    settings.MEDIA_ROOT = tmp_path / "media"
    return found_towns()


def address(item: Quarantine) -> str:
    return reverse("admin:spatial_quarantine_change", args=[item.pk])


def fresh(town: Town, item: Quarantine) -> Quarantine:
    with acting_as(authorities=[town.here.pk], actor="test"):
        item.refresh_from_db()
    return item


def all_of(items: list[Quarantine], **more: str) -> dict[str, Any]:
    """What the list's form sends of chosen features that nobody has worked on."""
    seen = " ".join(f"{item.pk}:0" for item in items)
    return {"_selected_action": [item.pk for item in items], "seen": seen, **more}


def shape_in(page: str) -> str:
    """What the editor's field holds."""
    [held] = re.findall(r"<textarea[^>]*name=.shape.[^>]*>(.*?)</textarea>", page, re.DOTALL)
    return html.unescape(held).strip()


def draw(client: Client, item: Quarantine) -> str:
    """A point beside what came; the page's text afterwards."""
    client.post(address(item), {"do": "keep", "version": 0, "shape": POINT})
    return client.get(address(item)).content.decode()


def test_the_original_geometry_is_taken_again_though_the_outline_was_left_alone(town: Town):
    item, client = quarantined(town), officer(town)
    page = draw(client, item)
    assert fresh(town, item).drawn is not None
    assert 'name="undraw"' in page
    client.post(address(item), {"do": "keep", "version": 1, "shape": shape_in(page), "undraw": "1"})
    assert (fresh(town, item).drawn, item.version) == (None, 2)
    assert 'name="undraw"' not in client.get(address(item)).content.decode()


@pytest.mark.parametrize(("language", "kept"), [("ar", "المحفوظ حتى الآن:"), ("en", "Kept so far:")])
def test_who_comes_second_keeps_what_was_typed_and_drawn(town: Town, language: str, kept: str):
    item, client = quarantined(town), officer(town, language=language)
    client.post(address(item), {"do": "keep", "version": 0, "value:0": "7"})
    typed = {"do": "keep", "version": 0, "value:0": "8", "shape": POINT}
    page = client.post(address(item), typed).content.decode()
    assert 'name="value:0" value="8"' in page
    assert f"{kept} <bdi>7</bdi>" in page
    assert json.loads(shape_in(page)) == json.loads(POINT)
    assert 'name="version" value="1"' in page
    client.post(address(item), typed | {"version": 1})
    assert fresh(town, item).values == {"n": "8"}


def test_what_cannot_be_drawn_takes_no_typed_value_with_it(town: Town):
    item, client = quarantined(town), officer(town)
    page = client.post(address(item), {"do": "keep", "version": 0, "value:0": "8", "shape": "no"}).content.decode()
    assert "Draw it again" in page
    assert 'name="value:0" value="8"' in page
    assert fresh(town, item).version == 0


@pytest.mark.parametrize(("language", "told"), [("ar", "ما كتبته ظاهر أدناه"), ("en", "What you typed stands below")])
def test_of_one_decided_meanwhile_the_typed_values_can_be_read(town: Town, language: str, told: str):
    item, client = quarantined(town), officer(town, language=language)
    client.post(address(item), {"do": "reject", "version": 0, "reason": "old"})
    page = client.post(address(item), {"do": "release", "version": 0, "value:0": "8"}).content.decode()
    assert told in page
    assert 'name="value:0" value="8"' in page


def test_while_it_is_judged_the_typed_values_stay(town: Town):
    item, client = quarantined(town), officer(town)
    client.post(address(item), {"do": "release", "version": 0})
    page = client.post(address(item), {"do": "keep", "version": 0, "value:0": "8"}).content.decode()
    assert "being judged at this moment" in page
    assert 'name="value:0" value="8"' in page
    assert 'hx-trigger="every 1s"' not in page


def test_rejected_it_keeps_its_corrections(town: Town):
    item, client = quarantined(town), officer(town)
    rejected = {"do": "reject", "version": 0, "value:0": "8", "shape": ""}
    page = client.post(address(item), rejected | {"reason": " "}).content.decode()
    assert 'name="value:0" value="8"' in page
    assert fresh(town, item).version == 0
    client.post(address(item), rejected | {"reason": "old"})
    assert (fresh(town, item).state, item.values) == ("rejected", {"n": "8"})


@pytest.mark.parametrize(
    ("language", "state", "told", "reason"),
    [
        ("ar", "rejected", "رُفض للسبب: <bdi>مسح قديم</bdi>", "سبب وجوده في الحجر: ا"),
        ("en", "rejected", "It is rejected, because: <bdi>مسح قديم</bdi>", "Why it was in quarantine: No geometry"),
        ("ar", "overtaken", "جاء هذا الرقم بعد ذلك في ملف أحدث", "سبب وجوده في الحجر: ا"),
        ("en", "overtaken", "A newer file has brought this number", "Why it was in quarantine: No geometry"),
    ],
)
def test_what_is_decided_says_how_and_why(town: Town, language: str, state: str, told: str, reason: str):
    item, client = quarantined(town), officer(town, language=language)
    client.post(address(item), {"do": "reject", "version": 0, "reason": "مسح قديم"})
    with acting_as(authorities=[town.here.pk], actor="test"):
        Quarantine.objects.filter(pk=item.pk).update(state=state)
    page = client.get(address(item)).content.decode()
    assert told in page
    assert reason in page


def test_a_place_is_told_in_numbers_too(town: Town):
    item, client = quarantined(town), officer(town)
    assert '<bdi dir="ltr">23.550000, 58.050000</bdi>' in draw(client, item)


def test_a_bulk_rejection_that_is_refused_keeps_its_reason(town: Town, monkeypatch: pytest.MonkeyPatch):
    item, client = quarantined(town), officer(town)
    given = all_of([item], action="reject", decided="yes", reason="not ours")

    def refuse(*_given: Any, **_named: Any) -> None:
        raise worklist.DecidedMeanwhile

    monkeypatch.setattr(worklist, "reject", refuse)
    page = client.post(reverse("admin:spatial_quarantine_changelist"), given).content.decode()
    assert "Somebody else" in page
    assert ">not ours</textarea>" in page


@pytest.mark.parametrize(
    ("language", "left_out"), [("ar", "معلم واحد يُفحص الآن فتُرك (الصف 1)"), ("en", "left out (row 1)")]
)
def test_one_that_is_judged_holds_up_no_others(town: Town, language: str, left_out: str):
    judged, other, client = quarantined(town), quarantined(town), officer(town, language=language)
    client.post(address(judged), {"do": "release", "version": 0})
    given = all_of([judged, other], action="reject", decided="yes", reason="old")
    page = client.post(reverse("admin:spatial_quarantine_changelist"), given, follow=True).content.decode()
    assert left_out in page
    assert [fresh(town, one).state for one in (judged, other)] == ["open", "rejected"]


@pytest.mark.parametrize(
    ("language", "waits", "judged", "way", "placeless"),
    [
        ("ar", "ينتظر القرار", "يُفحص الآن", "مدى التقدم", "لا مكان له يمكن رسمه."),
        ("en", "Waiting for a decision", "being judged", "How far it is", "It has no place that can be drawn."),
    ],
)
def test_what_is_being_judged_says_so(town: Town, language: str, waits: str, judged: str, way: str, placeless: str):
    released, _other, client = quarantined(town), quarantined(town), officer(town, language=language)
    listed = reverse("admin:spatial_quarantine_changelist")
    page = client.post(listed, all_of([released], action="release"), follow=True).content.decode()
    run = fresh(town, released).settled_by_id
    assert f'<a href="{reverse("admin:spatial_importrun_change", args=[run])}">{way}</a>' in page
    assert sorted(re.findall(r'<td class="field-stands">(.*?)</td>', page)) == sorted([judged, waits])
    page = client.get(address(released)).content.decode()
    assert f"· {judged}" in page
    assert f"<p>{placeless}</p>" in page  # and nobody is asked to draw it now


@pytest.mark.parametrize(("language", "told"), [("ar", "أول 1 منها"), ("en", "this is about the first 1")])
def test_of_too_many_the_first_are_taken_and_that_is_said(
    town: Town, monkeypatch: pytest.MonkeyPatch, language: str, told: str
):
    items, client = [quarantined(town), quarantined(town)], officer(town, language=language)
    monkeypatch.setattr(bulk, "MOST_AT_ONCE", 1)
    given = all_of(items, action="reject", decided="yes", reason="old")
    page = client.post(reverse("admin:spatial_quarantine_changelist"), given, follow=True).content.decode()
    assert told in page
    assert sorted(fresh(town, one).state for one in items) == ["open", "rejected"]


@pytest.mark.parametrize(
    ("language", "told"), [("ar", "عدد حروف «n» 4,001"), ("en", "“n” has 4,001 letters; the most is 4,000.")]
)
def test_what_is_too_long_is_refused_and_not_cut(town: Town, language: str, told: str):
    item, client = quarantined(town), officer(town, language=language)
    page = client.post(address(item), {"do": "keep", "version": 0, "value:0": "x" * 4001}).content.decode()
    assert told in page
    assert "x" * 4001 in page
    assert fresh(town, item).version == 0


def test_a_long_value_shows_its_beginning_and_is_kept_whole(town: Town):
    item, client = quarantined(town), officer(town)
    with acting_as(authorities=[town.here.pk], actor="test"):
        Quarantine.objects.filter(pk=item.pk).update(attributes={"n": "y" * 5000, "plot": "1"})
    page = client.get(address(item)).content.decode()
    assert "y" * 4000 in page
    assert "y" * 4001 not in page
    assert "Only its beginning: 5000 letters" in page
    client.post(address(item), {"do": "keep", "version": 0, "value:0": "y" * 4000, "value:1": "2"})
    assert fresh(town, item).values == {"plot": "2"}


@pytest.mark.parametrize("version", ["9" * 5000, "²", "-1", ""])
def test_a_version_that_is_no_number_is_an_old_one(town: Town, version: str):
    item, client = quarantined(town), officer(town)
    page = client.post(address(item), {"do": "keep", "version": version, "value:0": "8"}).content.decode()
    assert "Somebody else" in page


@pytest.mark.parametrize(("language", "told"), [("ar", "لا يُستورد"), ("en", "not imported")])
def test_a_column_that_becomes_no_field_says_so(town: Town, language: str, told: str):
    """What is typed there changes nothing in the layer."""
    item = quarantined(town)
    with acting_as(authorities=[town.here.pk], actor="test"):
        source = {"columns": {"plot_no": "n"}, "unused": ["=PLOT"]}
        ImportRun.objects.filter(pk=item.run_id).update(source=source)
    page = officer(town, language=language).get(address(item)).content.decode()
    assert f'<bdi>=PLOT</bdi> <span class="quiet">({told})</span>' in page
    assert page.count(f"({told})") == 1


def test_the_record_that_it_became_is_not_among_those_around_it(town: Town):
    item = quarantined(town)
    outline = Polygon.from_bbox((58.05, 23.55, 58.051, 23.551))
    beside = Polygon.from_bbox((58.0511, 23.55, 58.052, 23.551))
    with acting_as(authorities=[town.here.pk], actor="test"):
        its, other = (
            Parcel.objects.create(authority=town.here, plot_no=number, geom=MultiPolygon(shape, srid=4326))
            for number, shape in (("1", outline), ("2", beside))
        )
        about = {"state": Quarantine.State.RELEASED, "record_id": its.pk, "drawn": bytes(outline.wkb)}
        Quarantine.objects.filter(pk=item.pk).update(**about)
    page = officer(town).get(address(item)).content.decode()
    [around] = re.findall(r'<script id="around" type="application/json">(.*?)</script>', page)
    assert [one["properties"]["id"] for one in json.loads(around)] == [str(other.pk)]
