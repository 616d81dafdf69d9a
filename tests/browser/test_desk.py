"""The officer's desk: axe finds nothing, nothing hangs over the edge, and a parcel is proposed by keyboard alone."""

import datetime
import json
import re

import pytest
import shapely
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import DjangoDbBlocker

from apps.federation.models import Attempt, Place, Subscription
from apps.parcels import services
from apps.parcels.models import ParcelDraft
from gis.db.acting import acting_as
from gis.exchange.choices import Choices
from gis.exchange.models import ImportRun, SavedMapping
from gis.exchange.report import Report
from gis.geometry import from_geos
from tests.scene import STEP, Scene

from .conftest import Open
from .test_accessibility import DIRECTIONS, WIDTHS, findings

pytestmark = pytest.mark.browser

BETWEEN = 768  # a tablet

PAGES = {
    "desk": "/admin/",
    "parcels": "/admin/parcels/parcel/?q=10",
    "parcel": "/admin/parcels/parcel/{parcel}/change/",
    "history": "/admin/parcels/parcel/{parcel}/history/",
    "proposing": "/admin/parcels/parceldraft/add/?parcel={parcel}",
    "drafts": "/admin/parcels/parceldraft/",
    "draft": "/admin/parcels/parceldraft/{draft}/change/",
    "authority": "/admin/territory/authority/{authority}/change/",
    "reports": "/admin/reports/report/",
    "report": "/admin/reports/report/{report}/change/",
    "quarantine": "/admin/spatial/quarantine/",
    "imports": "/admin/spatial/importrun/",
    "import": "/admin/spatial/importrun/{run}/change/",
    "mappings": "/admin/spatial/savedmapping/",
    "mapping": "/admin/spatial/savedmapping/{mapping}/change/",
    "subscriptions": "/admin/federation/subscription/",
    "subscription": "/admin/federation/subscription/{subscription}/change/",
    "new subscription": "/admin/federation/subscription/add/",
    "members": "/admin/accounts/membership/",
    "new member": "/admin/accounts/membership/add/",
    "new address": "/admin/addressing/addressunit/add/",
    "new calendar": "/admin/territory/workingcalendar/add/",
    "zone with hours": "/admin/parking/parkingzone/{zone}/change/",
    "deletion": "/admin/parking/parkingzone/{zone}/delete/",
}


@pytest.fixture(scope="module")
def draft(scene: Scene, django_db_blocker: object) -> ParcelDraft:
    """Of a new plot north of the others, proposed by somebody else."""
    from apps.accounts.models import Membership, User

    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        person = User.objects.using("owner").create(username="proposer", is_staff=True)
        Membership.objects.using("owner").create(
            user=person, authority=scene.authority, role="gis_officer", valid_from=datetime.date(2020, 1, 1)
        )
        with acting_as(user=person.pk):
            moved = shapely.affinity.translate(from_geos(scene.parcel.geom), yoff=-2 * STEP)
        return services.propose_parcel(
            authority=scene.authority, outline=services.Outline(moved), reason="مسح جديد", by=person, at=timezone.now(),
            particulars=services.Particulars(plot_no="901", block_no="4"), since=datetime.date(2026, 1, 1),
        )  # fmt: skip


@pytest.fixture(scope="module")
def imported(scene: Scene, django_db_blocker: DjangoDbBlocker) -> dict[str, object]:
    """A run that ended, and a mapping with all that one can say, of a file with long names in both scripts."""
    columns = ["رقم القطعة", "OWNER_NOTE_OF_THE_ASSESSING_DEPARTMENT", "use", "id", "X", "Y"]
    read = Choices(
        columns={"plot_no": columns[0], "land_use": "use", "source_id": "id", "x": "X", "y": "Y"},
        values={"block_no": "B-4"}, recodes={"land_use": {"housing": "residential", "سكن": "residential"}},
        crs="EPSG:32640", encoding="windows-1256", dates="dmy",
    )  # fmt: skip
    report = Report(read=1250, added=1200, changed=0, unchanged=50, repaired=0, ended=2)
    with django_db_blocker.unblock(), acting_as(authorities=[scene.authority.pk], actor="test"):
        about = {"authority_id": scene.authority.pk, "layer": "parcels"}
        run = ImportRun.objects.create(
            **about, file_name="قطع الحي cadastral_parcels_of_the_quarter_2026.gpkg", by=scene.officer.pk,
            state="done", counts=report.to_json(), snapshot=datetime.date(2026, 1, 1), ended_at=timezone.now(),
        )  # fmt: skip
        mapping = SavedMapping.objects.create(
            **about, name="مساحة: ملف كل شهر (monthly)", columns=columns, choices=read.to_json()
        )
        told = subscribed(scene)
    return {"run": run.pk, "mapping": mapping.pk, "subscription": told.pk}


def subscribed(scene: Scene) -> Subscription:
    """A receiver that failed until it was given up, with what it answered."""
    url, long_answer = (
        "https://gis.neighbouring-municipality.example/webhooks/" + "streets-" * 12,
        "Service down. " * 20,
    )
    with acting_as(user=scene.officer.pk):  # a subscription is made in one's own name
        told = Subscription.objects.create(
            authority_id=scene.authority.pk, purpose="نسخة البلدية المجاورة من شوارعنا (their copy)", url=url,
            layer="streets", reader="public", equals={"kind": "road"}, bbox="58,23,59,24", state="stopped",
            made_by_id=scene.officer.pk, made_at=timezone.now(),
        )  # fmt: skip
    own = {"authority_id": scene.authority.pk, "subscription_id": told.pk}
    Place.objects.create(**own, token="beginning", failing_since=timezone.now(), last_at=timezone.now())
    for number, status in enumerate((503, None, 204)):
        Attempt.objects.create(
            **own, at=timezone.now(), event=told.pk, kind="om.baladiya.feature.inserted", subject=str(told.pk),
            number=number + 1, status=status, took_ms=1500, answer=long_answer[:300],
        )  # fmt: skip
    return told


def signed_in(scene: Scene, address: str, lang: str) -> dict[str, object]:
    """What a context needs to be the officer's."""
    client = Client()
    client.force_login(scene.officer)
    values = {settings.SESSION_COOKIE_NAME: client.session.session_key, settings.LANGUAGE_COOKIE_NAME: lang}
    return {"storage_state": {"cookies": [
        {"name": name, "value": value, "url": address} for name, value in values.items()
    ], "origins": []}}  # fmt: skip


def path_of(name: str, scene: Scene, draft: ParcelDraft, **more: object) -> str:
    return PAGES[name].format(
        parcel=scene.parcel.pk, draft=draft.pk, authority=scene.authority.pk, report=scene.report.pk,
        zone=scene.zone.pk, **more,
    )  # fmt: skip


@pytest.mark.in_turn("lang", "width", "theme")
@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(("lang", "width", "theme"), [("ar", WIDTHS[0], "dark"), ("en", WIDTHS[1], "light")])
def test_axe_finds_nothing(
    open_page: Open, scene: Scene, draft: ParcelDraft, imported: dict[str, object], address: str,
    name: str, lang: str, width: int, theme: str,
):  # fmt: skip
    given = signed_in(scene, address, lang)
    path = path_of(name, scene, draft, **imported)
    page = open_page(path, width=width, color_scheme=theme, kept=f"{lang} {theme}", **given)
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == [lang, DIRECTIONS[lang]]
    if page.locator(".leaflet-container").count():
        page.wait_for_selector(".leaflet-buttons-control-button[aria-label]")
    assert findings(page) == []
    for wide in (*WIDTHS, BETWEEN):
        page.set_viewport_size({"width": wide, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= wide
    page.set_viewport_size({"width": BETWEEN, "height": 800})
    assert page.evaluate("document.querySelector('.main > .content').clientWidth") > 0.9 * BETWEEN


def test_the_pin_of_a_point_is_drawn(open_page: Open, scene: Scene, draft: ParcelDraft, address: str):
    """Not Leaflet's own picture: it is looked for by a name that no file of ours has."""
    page = open_page(path_of("report", scene, draft), **signed_in(scene, address, "ar"))
    page.wait_for_selector(".leaflet-marker-icon svg")
    assert page.locator("img.leaflet-marker-icon").count() == 0


@pytest.mark.parametrize(("lang", "nearer", "unit"), [("ar", "تقريب", "م"), ("en", "Zoom in", "m")])
def test_the_editor_speaks_the_language_of_the_page(
    open_page: Open, scene: Scene, draft: ParcelDraft, address: str, lang: str, nearer: str, unit: str
):
    page = open_page(path_of("report", scene, draft), **signed_in(scene, address, lang))
    page.wait_for_selector(".leaflet-marker-icon svg")
    assert page.get_attribute(".leaflet-control-zoom-in", "title") == nearer
    [scale] = page.locator(".leaflet-control-scale-line").all_inner_texts()  # one: feet are nobody's here
    assert scale.strip("\u2067\u2069").endswith(f" {unit}")
    assert page.locator(".leaflet-control-attribution").count() == 0


def test_a_point_set_on_the_map_empties_what_was_typed(open_page: Open, scene: Scene, draft: ParcelDraft, address: str):
    page = open_page(PAGES["new address"], **signed_in(scene, address, "ar"))
    typed, drawn = page.locator("[name=geom_typed]"), page.locator("[name=geom]")
    typed.fill("٢٣٫٤ ٥٧٫٥")
    expect(page.locator(".leaflet-control-scale-line")).to_have_text(re.compile(r"\d م"))  # no kilometres: it is home
    page.click(".leaflet-pm-icon-marker")
    expect(typed).not_to_have_value("")
    page.click(".leaflet-container")
    expect(typed).to_have_value("")
    [lng, lat] = json.loads(drawn.input_value())["coordinates"]
    west, south, east, north = scene.authority.geom.extent
    assert west <= lng <= east
    assert south <= lat <= north


def test_a_parcel_is_proposed_by_keyboard_alone(open_page: Open, scene: Scene, draft: ParcelDraft, address: str):
    page = open_page("/admin/parcels/parceldraft/add/", **signed_in(scene, address, "en"))
    west, south = draft.geom.extent[0] + 3 * STEP, draft.geom.extent[1]
    east, north = west + STEP, south + STEP
    _type(page, "plot_no", "٩٠٢")
    corners = f"{west} {south}\n{east} {south}\n{east} {north}\n{west} {north}"
    _type(page, "corners", corners)
    _type(page, "reason", "new layout")
    page.locator("input[name=_save]").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".success")
    page.click(".success a")
    page.wait_for_selector(".record-map canvas")
    assert "902" in page.locator("#content").inner_text()


def _type(page: Page, name: str, text: str) -> None:
    page.locator(f"[name={name}]").focus()
    page.keyboard.insert_text(text)
