"""Uploads, runs and releases that take long: how far they are, what breaks, how one cancels, who does not answer.

The test itself lets pieces through and plays the worker, so that nothing depends on how fast the machine is.
"""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings
from django.utils import translation
from playwright.sync_api import Page, Route, expect

from apps.config.imports import waiting
from gis.db.acting import acting_as
from gis.exchange import deliveries
from gis.exchange.models import Delivery, ImportRun, Quarantine
from gis.exchange.order import Order
from gis.exchange.recording import end_as
from gis.exchange.refusals import Cancelled
from gis.exchange.watch import Watch
from tests.scene import Scene

from .conftest import PATIENCE_MS, Open
from .test_desk import signed_in
from .test_imports import look

pytestmark = pytest.mark.browser
LANGUAGES = [("ar", "light"), ("en", "dark")]
PIECE = 1000


@pytest.fixture(autouse=True)
def media(tmp_path: Path) -> Iterator[None]:
    with override_settings(MEDIA_ROOT=str(tmp_path / "media")):
        yield


@pytest.fixture
def officer(open_page: Open, scene: Scene, address: str) -> Callable[..., Page]:
    def open_one(path: str, lang: str, scheme: str) -> Page:
        return open_page(path, color_scheme=scheme, **signed_in(scene, address, lang))

    return open_one


class Gate:
    """Pieces of an upload that have come to the network, and wait there for the test."""

    def __init__(self, page: Page) -> None:
        self.page, self.held = page, list[Route]()
        page.route("**/piece/**", lambda route: self.held.append(route))

    def next(self) -> Route:
        until(lambda: self.held, self.page)
        return self.held.pop(0)


def until(seen: Callable[[], Any], page: Page) -> None:
    ends = time.monotonic() + PATIENCE_MS / 1000
    while not seen():
        assert time.monotonic() < ends
        page.wait_for_timeout(50)


def words(page: Page, name: str) -> str:
    return page.get_attribute("#deliver", f"data-{name}") or "-"


@pytest.mark.in_turn("lang", "scheme")
@pytest.mark.parametrize(("lang", "scheme"), LANGUAGES)
def test_an_upload(
    officer: Callable[..., Page], scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lang: str, scheme: str
):
    monkeypatch.setattr(deliveries, "PIECE", PIECE)
    page = officer("/admin/spatial/importrun/new/", lang, scheme)
    path = tmp_path / "plots.csv"
    path.write_bytes(b"x" * 4 * PIECE)
    gate, aloud, shown = Gate(page), page.locator("#sent-said"), page.locator("#sent")
    page.select_option("#layer", "parcels")
    page.set_input_files("#file", path)
    page.click("#deliver [type=submit]")
    gate.next().continue_()
    expect(page.locator("#sending progress")).to_have_js_property("value", 25)
    for told in (shown, aloud):
        expect(told).to_have_text(f"{words(page, 'sending')}: \u206625%\u2069")
    look(page, "1-sending")

    gate.next().abort()
    expect(aloud).to_have_text(words(page, "stalled"))
    expect(shown).to_contain_text(words(page, "stalled"))
    gate.next().continue_()
    expect(aloud).to_contain_text(words(page, "resumed"))
    expect(aloud).to_contain_text("50%")

    last = gate.next()
    page.click("#stop-sending")
    expect(page.locator("#sending")).to_be_hidden()
    expect(aloud).to_have_text(words(page, "cancelled"))
    until(lambda: deliveries_of(scene) == [False], page)
    last.abort()
    expect(page.locator("#deliver-error")).to_be_hidden()
    expect(page.locator("#deliver [type=submit]")).to_be_focused()


@pytest.mark.in_turn("lang", "scheme")
@pytest.mark.parametrize(("lang", "scheme"), LANGUAGES)
def test_an_upload_that_breaks_goes_on_and_its_look_waits_for_nobody(
    officer: Callable[..., Page], scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lang: str, scheme: str
):
    monkeypatch.setattr(deliveries, "PIECE", PIECE)
    page = officer("/admin/spatial/importrun/new/", lang, scheme)
    page.clock.install()
    path = tmp_path / "plots.csv"
    path.write_bytes(b"x" * 4 * PIECE)
    gate, aloud = Gate(page), page.locator("#sent-said")
    page.select_option("#layer", "parcels")
    page.set_input_files("#file", path)
    page.click("#deliver [type=submit]")
    gate.next().continue_()
    expect(aloud).to_contain_text("25%")

    silent = gate.next()
    page.clock.fast_forward(20_000)  # no answer, and no error either
    expect(aloud).to_have_text(words(page, "stalled"))
    silent.abort()
    for _tried in range(3):
        page.clock.fast_forward(10_000)
        gate.next().abort()
    expect(page.locator("#deliver-error")).to_have_text(words(page, "failed"))
    look(page, "2-failed")

    page.clock.resume()
    page.click("#deliver [type=submit]")  # goes on with what is there
    expect(page.locator("#sent")).to_contain_text("25%")
    page.clock.fast_forward(120_000)
    gate.next().continue_()
    expect(page.locator("#sent")).to_contain_text("50%\u2069 · ")  # and how long it may take
    monkeypatch.setattr(waiting, "ANSWERS_WITHIN", timedelta(0))
    for _left in range(2):
        gate.next().continue_()
    page.wait_for_url("**/importrun/file/**")
    expect(page.locator("#said .errornote")).to_be_visible()
    look(page, "3-nobody-looks")
    page.click("a.button[href$='/importrun/new/']")
    expect(page.locator("bdi", has_text="plots.csv")).to_have_count(1)


@pytest.fixture(autouse=True)
def no_deliveries(scene: Scene) -> None:
    with acting_as(authorities=[scene.authority.pk], actor="test"):
        Delivery.objects.all().delete()


def deliveries_of(scene: Scene) -> list[bool]:
    """Whether each is kept."""
    with acting_as(authorities=[scene.authority.pk], actor="test"):
        return list(Delivery.objects.values_list("kept", flat=True))


def run_of(scene: Scene, **more: Any) -> ImportRun:
    with acting_as(authorities=[scene.authority.pk], actor="test"):
        run: ImportRun = ImportRun.objects.create(
            authority_id=scene.authority.pk, layer="parcels", file_name="plots.gpkg", **more
        )
    return run


@pytest.mark.in_turn("lang", "scheme")
@pytest.mark.parametrize(("lang", "scheme"), LANGUAGES)
def test_a_look(officer: Callable[..., Page], scene: Scene, tmp_path: Path, lang: str, scheme: str):
    """At a file that takes long: how far it is, and its end. The file is still there."""
    with acting_as(authorities=[scene.authority.pk], actor="test"):
        made = deliveries.begin(
            layer="parcels", authority=scene.authority.pk, file_name="مخطط plots.osm.pbf", size=0, by=scene.officer.pk
        )
        Delivery.objects.update(state="looking")
    page = officer(f"/admin/spatial/importrun/file/{made.pk}/", lang, scheme)
    shown = page.locator("#looking")
    expect(shown.locator("progress")).not_to_have_attribute("value", "0")
    look(page, "6-looking")
    for share in (0.25, 0.41):
        with acting_as(authorities=[scene.authority.pk], actor="test"):
            Delivery.objects.update(found={"share": share})
        expect(shown).to_contain_text(f"{share:.0%}")
    expect(shown.locator("progress")).to_have_js_property("value", 41)
    look(page, "7-looking-far")
    with page.expect_response(lambda answer: answer.status == 204):
        pass  # what stands there is not sent again
    page.click("[name=do][value=cancel]")
    expect(page.locator("[name=do][value=look]")).to_be_visible()
    assert deliveries_of(scene) == [True]
    look(page, "8-not-looked-at")
    page.goto(page.url.split("/file/")[0] + "/new/")
    with acting_as(authorities=[scene.authority.pk], actor="test"), translation.override(lang):
        expect(page.locator("li", has_text="plots.osm.pbf")).to_contain_text(Delivery.objects.get().stands)


@pytest.mark.parametrize(("lang", "scheme"), LANGUAGES)
def test_a_run(officer: Callable[..., Page], scene: Scene, lang: str, scheme: str):
    run = run_of(scene, state="running", by=scene.officer.pk)
    with Watch(run.pk, scene.authority.pk) as watch:
        watch.tell("reading", 0.5, 12)
        page = officer(f"/admin/spatial/importrun/{run.pk}/change/", lang, scheme)
        shown = page.locator("#progress")
        expect(shown).to_contain_text("20%")
        stage = page.locator("#said p").inner_text()
        watch.tell("checking", 0.6, 1200)
        expect(shown).to_contain_text("61%")
        expect(shown.locator("progress")).to_have_js_property("value", 61)
        expect(page.locator("#said p").first).not_to_have_text(stage)  # a new stage is said
        look(page, "4-running")
        page.click("form[action$='/cancel/'] button")
        expect(page.locator("#said p")).to_have_count(2)
        until(lambda: watch.cancelled, page)
        with pytest.raises(Cancelled):
            watch.tell("checking", 0.7, 1300)
        watch.leave()
        end_as(run.pk, scene.authority.pk, Order("parcels", Path("plots.gpkg"), scene.authority.code), Cancelled())
        with acting_as(authorities=[scene.authority.pk], actor="test"):
            run.refresh_from_db()
    expect(page.locator(".errornote")).to_have_text(run.message_ar if lang == "ar" else run.message_en)
    assert run.state == "cancelled"


@pytest.mark.in_turn("lang", "scheme")
@pytest.mark.parametrize(("lang", "scheme"), LANGUAGES)
def test_a_release_that_nobody_takes_up(
    officer: Callable[..., Page], scene: Scene, monkeypatch: pytest.MonkeyPatch, lang: str, scheme: str
):
    """And one that a worker is too busy for is said otherwise."""
    run = run_of(scene, state="done")
    with acting_as(authorities=[scene.authority.pk], actor="test"):
        item = Quarantine.objects.create(
            run=run, authority_id=scene.authority.pk, row=1, code="missing", reason_ar="ا", reason_en="x",
            attributes={"n": 1},
        )  # fmt: skip
    came = f"?_changelist_filters=run__id__exact%3D{run.pk}"
    page = officer(f"/admin/spatial/quarantine/{item.pk}/change/{came}", lang, scheme)
    page.click("[name=do][value=release]")
    cancel = page.locator("form[action$='/cancel/'] button")
    expect(cancel).to_be_visible()
    expect(page.locator("#said .errornote")).to_have_count(0)
    monkeypatch.setattr(waiting, "ANSWERS_WITHIN", timedelta(0))
    expect(page.locator("#said .errornote")).to_be_visible()
    off = page.locator("#said .errornote").inner_text()
    look(page, "5-nobody-judges")
    monkeypatch.setattr(waiting, "_somebody_lives", lambda: True)
    expect(page.locator("#said .errornote")).not_to_have_text(off)
    cancel.click()
    expect(page.locator("[name=do][value=release]")).to_be_visible()
    assert came in page.url
    expect(page.locator(".errornote")).to_have_count(2)  # why it is in quarantine, and that it was cancelled
