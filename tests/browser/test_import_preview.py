"""Where the features of a file would land is said in words, whether or not the browser can draw it."""

from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from tests.scene import SOUTH, STEP, WEST

from .test_import_choices import Officer, officer
from .test_imports import look, worker

__all__ = ["officer", "worker"]
pytestmark = pytest.mark.browser
OUTSIDE = {"ar": "وواحد منها خارج حدود بلدية الحي", "en": "1 of them lies outside Quarter Municipality"}
WRONG = {"ar": "وقعت خارج بلدية الحي", "en": "the features lie outside Quarter Municipality"}
ORDER = {"ar": "قراءة الإحداثيين بالترتيب الآخر", "en": "Read the coordinates in the other order"}
BLIND = "HTMLCanvasElement.prototype.getContext = () => null"


def wells(path: Path, row: float) -> Path:
    """Three in the quarter and one far away, with longitudes and latitudes."""
    places = [(WEST + n * STEP, SOUTH + row * STEP) for n in range(3)] + [(WEST + 2, SOUTH)]
    lines = [f"P{row:.0f}-{n},domestic,{x:.6f},{y:.6f}" for n, (x, y) in enumerate(places)]
    path.write_text("number,use,lon,lat\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.in_turn("officer")
def test_it_is_said_without_a_map(officer: Officer, tmp_path: Path) -> None:
    page = officer.bring(wells(tmp_path / "wells.csv", officer.row), "#preview[data-ready] canvas", layer="wells")
    lang = page.get_attribute("html", "lang") or ""
    told = page.locator("#preview-told")
    expect(told).to_contain_text(OUTSIDE[lang])
    expect(page.locator("#preview-undrawn")).to_be_hidden()
    look(page, "1-drawn")

    page.add_init_script(BLIND)
    page.reload()
    expect(page.locator("#preview-undrawn")).to_be_visible()
    expect(page.locator("#preview canvas")).to_have_count(0)
    expect(told).to_contain_text(OUTSIDE[lang])
    page.check("#swap_axes")
    expect(told).to_contain_text(WRONG[lang])
    expect(page.locator("#preview-tries button")).to_have_text([ORDER[lang]])
    look(page, "2-undrawn")
    page.click("#preview-tries button")
    expect(told).to_contain_text(OUTSIDE[lang])
    expect(page.locator("#swap_axes")).not_to_be_checked()

    page.click("[name=do][value=dry]")
    page.wait_for_selector(".imports__list")
    expect(page.locator(".imports__map [data-undrawn]")).to_be_visible()
    expect(page.locator("#places")).to_be_hidden()
    expect(page.locator(".imports__list tbody tr")).to_have_count(1)


@pytest.mark.in_turn("officer")
def test_a_server_that_does_not_answer_is_said(officer: Officer, tmp_path: Path) -> None:
    page = officer.bring(wells(tmp_path / "w.csv", officer.row - 1), "#preview[data-ready] canvas", layer="wells")

    def fail(route: Route) -> None:
        route.fulfill(status=503, body="")

    page.route("**/preview/", fail)
    page.check("#swap_axes")
    expect(page.locator("#preview-told.errornote")).to_have_text(
        page.get_attribute("#preview-told", "data-failed") or "-"
    )
