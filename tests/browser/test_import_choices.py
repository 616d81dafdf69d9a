"""What an officer must say of a file before it is read: which table, which unit, which system; in both languages."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import ezdxf
import numpy as np
import pyarrow as pa
import pyogrio
import pytest
import shapely
from django.utils import timezone
from playwright.sync_api import Page, expect
from pyproj import Transformer
from pytest_django import DjangoDbBlocker

from apps.accounts.models import Membership, User
from apps.territory.models import Authority
from tests.scene import SOUTH, WEST, Scene

from .conftest import Open
from .test_desk import signed_in
from .test_imports import cell, look, worker

__all__ = ["worker"]
pytestmark = pytest.mark.browser
INSIDE = {"ar": "وكلها داخل حدود بلدية الحي.", "en": "All of them lie inside Quarter Municipality."}
DAMAGED = {"ar": "الملف تالف", "en": "The file is damaged"}
LANGUAGES = [("ar", -12, "light"), ("en", -14, "dark")]


def drawn(path: Path, row: float) -> Path:
    """Three plots in millimetres with their numbers inside, one of them with two, and a drawing that says no unit."""
    document = ezdxf.new("R2010")
    document.header["$INSUNITS"] = 0
    space = document.modelspace()
    to_metres = Transformer.from_crs(4326, 32640, always_xy=True)
    for column in range(3):
        corners = list(cell(column, row).exterior.coords)[:-1]
        places = [tuple(1000 * part for part in to_metres.transform(*corner)) for corner in corners]
        space.add_lwpolyline(places, close=True, dxfattribs={"layer": "حدود PLOT"})
        middle = tuple(1000 * part for part in to_metres.transform(*cell(column, row).centroid.coords[0]))
        for text in ("71", "72 73", "74")[column].split():
            space.add_text(text, dxfattribs={"layer": "NUMBER", "insert": middle})
    space.add_line((0, 0), (1, 1), dxfattribs={"layer": "FRAME"})
    document.saveas(path)
    return path


def layered(path: Path, row: float) -> Path:
    """A GeoPackage with the plots in the second of two tables, and in the first what is none."""
    for name, shapes in {"notes": [shapely.Point(WEST, SOUTH)], "plots, new": [cell(0, row), cell(1, row)]}.items():
        pyogrio.write_arrow(
            pa.table({
                "plot_no" if "plots" in name else "note": pa.array([str(n + 81) for n in range(len(shapes))]),
                "block_no": pa.array([f"G{row}"] * len(shapes)),
                "source_id": pa.array([f"G{row}-{n}" for n in range(len(shapes))]),
                "geom": pa.array(shapely.to_wkb(np.array(shapes, dtype=object)), pa.binary()),
            }),
            path, driver="GPKG", layer=name, append=path.exists(), geometry_name="geom",
            geometry_type=shapes[0].geom_type, crs="EPSG:4326",
        )  # fmt: skip
    return path


@dataclass(frozen=True)
class Officer:
    """Brings files in one language, of plots in a row of the town that is nobody else's."""

    row: int
    bring: Callable[..., Page]


@pytest.fixture(params=LANGUAGES, ids=[lang for lang, _row, _scheme in LANGUAGES])
def officer(
    request: pytest.FixtureRequest, open_page: Open, scene: Scene, worker: Iterator[None], address: str
) -> Officer:
    lang, row, scheme = request.param

    def bring(path: Path, seen: str, layer: str = "parcels") -> Page:
        page = open_page("/admin/spatial/importrun/new/", color_scheme=scheme, **signed_in(scene, address, lang))
        page.select_option("#layer", layer)
        page.set_input_files("#file", path)
        page.click("#deliver [type=submit]")
        page.wait_for_selector(seen)
        return page

    return Officer(row, bring)


def choose(page: Page, field: str, value: str) -> None:
    """As the page's script sends it; a choice by which the file is read otherwise loads the page anew."""
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.select_option(field, value)


@pytest.mark.in_turn("officer")
def test_a_drawing(officer: Officer, tmp_path: Path) -> None:
    page = officer.bring(drawn(tmp_path / "مخطط.dxf", officer.row), "[name=table]")
    expect(page.locator("[name=table]")).to_have_count(2)
    look(page, "1-layers")
    page.check("[name=table][value='حدود PLOT']")
    page.click("[name=do][value=look]")

    page.wait_for_selector("#unit")
    expect(page.locator("#choices [href='#unit'], #choices [href='#crs']")).to_have_count(2)
    look(page, "2-nothing-said")
    page.click("[name=do][value=dry]")
    expect(page.locator(".messagelist .error")).to_be_visible()  # not without a unit
    page.select_option("#unit", "mm")
    expect(page.locator("#choices:not(:has([href='#unit']))")).to_be_visible(timeout=30_000)
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.fill("#crs", "EPSG:32640")
        page.locator("#crs").blur()
    expect(page.locator("#preview-told")).to_contain_text(INSIDE[page.get_attribute("html", "lang") or ""])
    choose(page, "#source-plot_no", "column:text:NUMBER")
    choose(page, "#source-block_no", "=")
    page.fill("#value-block_no", f"D{officer.row}")
    look(page, "3-mapped")
    page.click("[name=do][value=run]")
    page.wait_for_selector(".imports__counts")
    counts = page.locator(".imports__counts").first.locator("dd").all_inner_texts()
    assert counts == ["3", "2", "0", "0", "1"]  # read, new, changed, unchanged; in quarantine: two texts in one outline


@pytest.mark.in_turn("officer")
def test_a_geopackage_of_several_layers(officer: Officer, tmp_path: Path) -> None:
    page = officer.bring(layered(tmp_path / "two.gpkg", officer.row - 1), "[name=table]")
    page.check("[name=table][value=notes]")
    page.click("[name=do][value=look]")
    page.wait_for_selector("#table")
    expect(page.locator("#table option")).to_have_count(3)
    page.select_option("#table", "plots, new")
    expect(page.locator("#source-plot_no")).to_have_value("column:plot_no", timeout=30_000)
    expect(page.locator("#table")).to_have_value("plots, new")
    look(page, "4-another-table")
    since = timedelta(days=30 if page.get_attribute("html", "lang") == "ar" else 0)  # the earlier one's plots end then
    page.fill("#snapshot", (timezone.localdate() - since).isoformat())
    expect(page.locator("[name=do][value=run]")).to_have_count(0, timeout=30_000)  # what it would end is seen first
    look(page, "5-state-of-a-day")
    page.click("[name=do][value=dry]")
    page.wait_for_selector(".imports__counts")
    look(page, "6-state-of-a-day-tried")
    page.click(".submit-row button.default")
    page.wait_for_selector("#features-new")
    assert page.locator(".imports__counts dd").all_inner_texts()[:2] == ["2", "2"]


# The first moment in which somebody could choose again: the form is there anew.
CHOOSES_AGAIN = """() => document.body.addEventListener("htmx:afterSwap", () => setTimeout(() => {
    const field = document.getElementById("source-block_no");
    field.value = "=";
    field.dispatchEvent(new Event("change", { bubbles: true }));
}), { once: true })"""
# The last moment in which somebody could type: the answer is there, the form not yet.
TYPES_STILL = """() => document.body.addEventListener("htmx:beforeOnLoad", () => {
    const field = document.getElementById("crs");
    field.focus();
    field.value = "EPSG:32";
}, { once: true })"""


@pytest.mark.in_turn("officer")
def test_what_is_chosen_or_typed_while_the_form_comes_anew_is_kept(officer: Officer, tmp_path: Path) -> None:
    page = officer.bring(layered(tmp_path / "two.gpkg", officer.row - 2), "[name=table]")
    page.check("[name=table][value='plots, new']")
    page.click("[name=do][value=look]")
    page.wait_for_selector("#source-block_no")
    page.evaluate(CHOOSES_AGAIN)
    choose(page, "#source-plot_no", "")
    expect(page.locator("#value-block_no")).to_be_visible(timeout=30_000)

    page.evaluate(TYPES_STILL)
    choose(page, "#source-plot_no", "column:plot_no")
    expect(page.locator("#choices [href='#source-plot_no']")).to_have_count(0, timeout=30_000)
    expect(page.locator("#crs")).to_have_value("EPSG:32")
    page.locator("#crs").press_sequentially("640")
    with page.expect_request(lambda asked: "EPSG%3A32640" in (asked.post_data or "")):
        page.locator("#crs").blur()


@pytest.mark.in_turn("officer")
def test_a_damaged_file_is_refused_and_deleted(officer: Officer, tmp_path: Path) -> None:
    path = tmp_path / "تالف damaged.gpkg"
    path.write_bytes(layered(tmp_path / "whole.gpkg", officer.row - 1).read_bytes()[:20_000])
    page = officer.bring(path, "a.button[href*='?layer=parcels']")
    lang = page.get_attribute("html", "lang") or ""
    expect(page.locator("#content .errornote")).to_contain_text(DAMAGED[lang])
    link, button = page.locator(".imports p .button").evaluate_all("(both) => both.map((one) => one.offsetHeight)")[:2]
    assert link == button
    page.click(".imports__discard summary")
    expect(page.locator(".imports__discard button")).to_be_visible()
    look(page, "7-damaged")
    page.click(".imports__discard button")
    page.wait_for_selector("#deliver")
    expect(page.locator("bdi", has_text="damaged.gpkg")).to_have_count(0)


@pytest.fixture(scope="module")
def of_two(scene: Scene, django_db_blocker: DjangoDbBlocker) -> Scene:
    """The scene with an officer who works for two authorities."""
    since = date(2020, 1, 1)
    with django_db_blocker.unblock():
        body = Authority.objects.using("owner").create(
            code="harbour", kind="municipality", name_ar="بلدية الميناء والواجهة البحرية والأحياء القديمة",
            name_en="Municipality of the Harbour, the Waterfront and the Old Quarters", working_crs="EPSG:32640",
            valid_from=since,
        )  # fmt: skip
        person = User.objects.using("owner").create(username="of-two", is_staff=True)
        for authority in (scene.authority, body):
            Membership.objects.using("owner").create(user=person, authority=authority, role="manager", valid_from=since)
    return replace(scene, officer=person)


@pytest.mark.in_turn("lang", "scheme")
@pytest.mark.parametrize(("lang", "scheme"), [(lang, scheme) for lang, _row, scheme in LANGUAGES])
def test_who_works_for_several_says_for_which(open_page: Open, of_two: Scene, address: str, lang: str, scheme: str):
    page = open_page("/admin/spatial/importrun/new/", color_scheme=scheme, **signed_in(of_two, address, lang))
    expect(page.locator("#authority option")).to_have_count(3)
    assert page.input_value("#authority") == ""
    look(page, "8-whose")
