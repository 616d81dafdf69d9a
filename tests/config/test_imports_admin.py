"""Officers read what became of their authority's imports, in their language, and nobody changes it."""

import pytest
from django.test import Client
from django.urls import reverse

from gis.db.acting import acting_as
from gis.exchange.models import ImportRun, Quarantine
from gis.exchange.report import Report
from tests.apps.town import Town, found_towns, hire

pytestmark = pytest.mark.django_db
COUNTS = Report(read=3, added=2, changed=0, unchanged=0, repaired=0, ended=0, quarantine={"invalid": 1}).to_json()
NASTY = "<script>alert(1)</script>"


@pytest.fixture
def town() -> Town:
    return found_towns()


def delivered(town: Town, authority: str = "here", name: str = "plots.gpkg") -> Quarantine:
    body = getattr(town, authority)
    with acting_as(authorities=[body.pk], actor="test"):
        run = ImportRun.objects.create(authority_id=body.pk, layer="parcels", file_name=name, counts=COUNTS)
        feature: Quarantine = Quarantine.objects.create(
            run=run, authority_id=body.pk, row=7, source_id="S-7", code="invalid", reason_ar="الحدود غير صحيحة",
            reason_en="The outline is not valid", attributes={"PLOT": NASTY},
        )  # fmt: skip
    return feature


def sign_in(town: Town, language: str) -> Client:
    client = Client(headers={"Accept-Language": language})
    client.force_login(hire(town.here, "planner"))
    return client


@pytest.mark.parametrize(
    ("language", "reason", "counted"),
    [("en", "The outline is not valid", "outline not valid"), ("ar", "الحدود غير صحيحة", "حدود غير صحيحة")],
)
def test_the_reason_in_the_readers_language(town: Town, language: str, reason: str, counted: str):
    feature, client = delivered(town), sign_in(town, language)
    run = client.get(reverse("admin:spatial_importrun_change", args=[feature.run_id])).content.decode()
    listed = reverse("admin:spatial_quarantine_changelist") + f"?run__id__exact={feature.run_id}"
    assert f'href="{listed}"' in run
    assert counted in run
    assert reason in client.get(listed).content.decode()
    page = client.get(reverse("admin:spatial_quarantine_change", args=[feature.pk])).content.decode()
    assert reason in page
    assert NASTY not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize(("language", "counted"), [("en", "2 Quarantined features"), ("ar", "المعالم في الحجر: 2")])
def test_what_waits_is_counted_as_what_it_is(town: Town, language: str, counted: str):
    for name in ("plots.gpkg", "more.gpkg"):
        delivered(town, name=name)
    listed = sign_in(town, language).get(reverse("admin:spatial_quarantine_changelist")).content.decode()
    assert counted in " ".join(listed.split())


def test_not_over_the_border_and_not_to_be_changed(town: Town):
    theirs, ours, client = delivered(town, "there", "secret.gpkg"), delivered(town), sign_in(town, "en")
    for model, key in (("importrun", theirs.run_id), ("quarantine", theirs.pk)):
        assert "secret" not in client.get(reverse(f"admin:spatial_{model}_changelist")).content.decode()
        assert client.get(reverse(f"admin:spatial_{model}_change", args=[key])).status_code == 302
    for verb in ("change", "delete"):
        assert (
            client.post(reverse(f"admin:spatial_quarantine_{verb}", args=[ours.pk]), {"post": "yes"}).status_code == 403
        )
    assert client.get(reverse("admin:spatial_importrun_add")).status_code == 403


@pytest.mark.parametrize(
    ("language", "empty", "unfit", "clear"),
    [
        ("en", "Nothing waits here", "Nothing in the quarantine fits", "Clear them"),
        ("ar", "لا شيء ينتظر هنا", "لا شيء في الحجر يوافق", "امسحها"),
    ],
)
def test_a_work_list_without_finds_says_whether_a_filter_is_why(
    town: Town, language: str, empty: str, unfit: str, clear: str
):
    client = Client(headers={"Accept-Language": language})
    client.force_login(hire(town.here, "gis_officer"))
    work = reverse("admin:spatial_quarantine_changelist")
    assert empty in client.get(work).content.decode()
    delivered(town)
    for asked in ("?q=nothing", "?state__exact=rejected", "?code=nothing"):
        page = client.get(work + asked).content.decode()
        assert empty not in page
        assert unfit in page
        assert f'<a href="?">{clear}' in page
    page = client.get(work + "?q=S-7").content.decode()
    assert empty not in page
    assert unfit not in page


@pytest.mark.parametrize(
    ("language", "runs", "mappings"),
    [
        ("en", "Nothing has been imported yet", "No mapping is kept yet"),
        ("ar", "لم يُستورد شيء بعد", "لا مطابقة محفوظة بعد"),
    ],
)
def test_empty_lists_say_what_comes_there(town: Town, language: str, runs: str, mappings: str):
    client = Client(headers={"Accept-Language": language})
    client.force_login(hire(town.here, "gis_officer"))
    for name, told in (("importrun", runs), ("savedmapping", mappings)):
        listed = reverse(f"admin:spatial_{name}_changelist")
        assert told in client.get(listed).content.decode()
        assert told not in client.get(listed + "?q=nothing").content.decode()


@pytest.mark.parametrize(
    ("language", "titles"),
    [
        ("en", {"quarantine": "Work list of the quarantine", "importrun": "Imports", "savedmapping": "Saved mappings"}),
        (
            "ar",
            {"quarantine": "قائمة عمل الحجر", "importrun": "عمليات الاستيراد", "savedmapping": "المطابقات المحفوظة"},
        ),
    ],
)
def test_each_list_is_called_what_it_is(town: Town, language: str, titles: dict[str, str]):
    client = Client(headers={"Accept-Language": language})
    client.force_login(hire(town.here, "gis_officer"))
    for name, title in titles.items():
        assert f"<h1>{title}</h1>" in client.get(reverse(f"admin:spatial_{name}_changelist")).content.decode()
