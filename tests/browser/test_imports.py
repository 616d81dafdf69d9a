"""A file with faults, from the upload to the last decision about its quarantine, in both languages."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyogrio
import pytest
import shapely
from django.test import override_settings
from playwright.sync_api import Page, expect
from pytest_django import DjangoDbBlocker

from tests.scene import SOUTH, STEP, WEST, Scene
from tests.workers import working

from .conftest import PATIENCE_MS, Open
from .test_accessibility import findings
from .test_desk import signed_in

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def worker(
    scene: Scene, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("imports")
    media = str(folder / "media")
    with (
        django_db_blocker.unblock(),
        override_settings(MEDIA_ROOT=media),
        working(scene.database, folder / "worker.log", MEDIA_ROOT=media),
    ):
        yield


def cell(x: float, y: float) -> Any:
    """A plot, in steps from the quarter's corner."""
    return shapely.box(WEST + x * STEP, SOUTH + y * STEP, WEST + (x + 1) * STEP, SOUTH + (y + 1) * STEP)


def faulty(path: Path, row: float) -> Path:
    """Two plots that are well, one of a use called otherwise, and five kinds of fault."""
    shapes = [cell(0, row), cell(1, row), cell(2, row), cell(2.5, 0), cell(4, row), cell(5, row), cell(900, row), None]
    uses = ["residential", "residential", "housing", "other", "residential", "???", "other", "other"]
    numbers = ["1", "2", "3", "4", "", "6", "7", "8"]
    table = pa.table({
        "plot": pa.array(numbers), "block": pa.array([f"B{row:.0f}"] * 8), "use": pa.array(uses),
        "id": pa.array([f"{row:.0f}-{n}" for n in range(8)]),
        "geom": pa.array(shapely.to_wkb(np.array(shapes, dtype=object)), pa.binary()),
    })  # fmt: skip
    pyogrio.write_arrow(
        table, path, driver="GPKG", layer="plots", geometry_name="geom", geometry_type="Polygon", crs="EPSG:4326"
    )
    return path


def look(page: Page, name: str) -> None:
    """Axe finds nothing, and nothing hangs over the edge of a phone."""
    assert findings(page) == [], name
    size = page.viewport_size
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360, name
    page.set_viewport_size(size)  # type: ignore[arg-type]


@pytest.mark.in_turn("lang", "row", "scheme")
@pytest.mark.parametrize(("lang", "row", "scheme"), [("ar", -4, "light"), ("en", -8, "dark")])
def test_from_the_file_to_the_last_decision(
    open_page: Open, scene: Scene, worker: None, address: str, tmp_path: Path, lang: str, row: int, scheme: str
):
    page = open_page("/admin/spatial/importrun/new/", color_scheme=scheme, **signed_in(scene, address, lang))
    page.select_option("#layer", "parcels")
    page.set_input_files("#file", faulty(tmp_path / "قطع plots.gpkg", row))
    look(page, "1-start")
    page.click("#deliver [type=submit]")

    for field, column in {"plot_no": "plot", "block_no": "block", "land_use": "use", "source_id": "id"}.items():
        page.wait_for_selector(f"#source-{field}")
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            page.select_option(f"#source-{field}", f"column:{column}")
    recode = page.locator("[name='given:land_use:0'], [name='given:land_use:1']")
    expect(recode).to_have_count(2)
    known = next(n for n in range(2) if page.input_value(f"[name='given:land_use:{n}']") == "housing")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.select_option(f"[name='recode:land_use:{known}']", "residential")
    page.wait_for_selector("#preview[data-ready] canvas")
    expect(page.locator("#preview-told")).not_to_be_empty()
    page.fill("#mapping_name", f"مساحة {lang}")
    look(page, "2-file")
    page.click("[name=do][value=save]")
    expect(page.locator("#mapping option", has_text=f"مساحة {lang}")).to_have_count(1)

    page.click("[name=do][value=dry]")
    page.wait_for_selector(".imports__counts")
    page.wait_for_selector("#places[data-ready] canvas")
    look(page, "3-dry")
    page.click(".submit-row button.default")
    page.wait_for_selector(".imports__counts a[href='#quarantine']")
    expect(page.locator(".imports__reasons li")).to_have_count(5)
    page.locator("[data-show]:visible").first.press("Enter")
    look(page, "4-report")

    page.click(".imports__list tbody tr:last-child a")  # without a place
    _draw(page, row)
    look(page, "5-feature")
    page.click("[name=do][value=release]")
    page.click(".messagelist .success a")  # from the next that waits back to it
    page.wait_for_selector(".messagelist__good")
    look(page, "6-released")

    page.goto(f"{address}/admin/spatial/quarantine/")
    expect(page.locator("#result_list tbody tr")).to_have_count(4)
    expect(page.locator("#result_list td.field-source_id").first).to_have_css("unicode-bidi", "plaintext")  # "-4-3"
    look(page, "7-work")
    page.locator("#result_list tbody th a").first.click()
    page.wait_for_selector(".leaflet-pm-icon-polygon")
    look(page, "8-overlap")
    page.fill("#reason", "مسح قديم")
    page.click("[name=do][value=reject]")
    look(page, "9-next")
    page.click(".messagelist .success a")
    page.wait_for_selector("[name=do][value=reopen]")
    page.goto(f"{address}/admin/spatial/quarantine/")
    expect(page.locator("#result_list tbody tr")).to_have_count(3)
    _release_in_bulk(page, f"{row}-4")
    _reject_the_rest(page)


def _draw(page: Page, row: int) -> None:
    """A rectangle on the empty ground in the north."""
    page.click(".leaflet-pm-icon-rectangle")
    box = page.locator(".leaflet-container").bounding_box()
    assert box
    x, y = 0.6 if row == -4 else 0.75, 0.3
    for corner in (0, 0.05):
        page.mouse.click(box["x"] + box["width"] * (x + corner), box["y"] + box["height"] * (y + corner))
    expect(page.locator("#id_shape")).not_to_have_value("")


def _release_in_bulk(page: Page, mended: str) -> None:
    """All that wait, of which the one without a number was given one: it alone does not come back."""
    work = page.url
    page.locator("#result_list tbody tr", has_text=mended).locator("th a").click()
    page.fill(".imports__missing input", "9")
    page.click("[name=do][value=keep]")
    page.wait_for_selector(".messagelist .success")
    page.goto(work)
    page.check("#action-toggle")
    page.select_option("select[name=action]", "release")
    page.click("button[name=index]")
    expect(page.locator(".messagelist .success")).to_contain_text("3")
    look(page, "10-released-in-bulk")
    ends = time.monotonic() + PATIENCE_MS / 1000
    while page.locator("#result_list tbody tr").count() > 2 and time.monotonic() < ends:
        page.wait_for_timeout(300)
        page.goto(work)
    expect(page.locator("#result_list tbody tr")).to_have_count(2)
    expect(page.locator("#result_list tbody tr", has_text=mended)).to_have_count(0)


def _reject_the_rest(page: Page) -> None:
    """In bulk, with one reason."""
    page.check("#action-toggle")
    page.select_option("select[name=action]", "reject")
    page.click("button[name=index]")
    look(page, "11-why")
    page.fill("#reason", "مسح قديم")
    page.click(".submit-row button.default")
    page.wait_for_selector(".success")
    expect(page.locator("#result_list tbody tr")).to_have_count(0)
    look(page, "12-nothing-waits")
