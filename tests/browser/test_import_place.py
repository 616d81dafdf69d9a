"""A table whose columns of coordinates nobody could guess, from the upload to the records; in both languages."""

from pathlib import Path

import pytest
from playwright.sync_api import expect
from pyproj import Transformer

from tests.scene import SOUTH, STEP, WEST

from .test_import_choices import Officer, choose, officer
from .test_imports import look, worker

__all__ = ["officer", "worker"]
pytestmark = pytest.mark.browser


def unnamed(path: Path, row: float) -> Path:
    """Three wells with metres of UTM 40 in columns that say nothing."""
    to_metres = Transformer.from_crs(4326, 32640, always_xy=True)
    lines = ["number,use,foo,bar"]
    for n in range(3):
        x, y = to_metres.transform(WEST + n * STEP, SOUTH + row * STEP)
        lines.append(f"W{row:.0f}-{n},domestic,{x:.3f},{y:.3f}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.in_turn("officer")
def test_columns_that_nobody_could_guess(officer: Officer, tmp_path: Path) -> None:
    page = officer.bring(unnamed(tmp_path / "آبار wells.csv", officer.row), "#place-x", layer="wells")
    expect(page.locator("#place-x option")).to_have_count(5)
    look(page, "1-not-recognised")
    page.select_option("#place-x", "foo")
    page.click("[name=do][value=look]")
    expect(page.locator("#place-fault")).to_be_visible()
    expect(page.locator("#place-x")).to_have_value("foo")
    look(page, "2-half")
    page.select_option("#place-y", "bar")
    page.click("[name=do][value=look]")

    page.wait_for_selector("#choices #place-y")
    choose(page, "#place-wkt", "use")
    expect(page.locator("#place-fault")).to_be_visible()
    look(page, "3-one-too-many")
    choose(page, "#place-wkt", "")
    expect(page.locator("#choices:not(:has(#place-fault))")).to_be_visible(timeout=30_000)
    page.wait_for_selector("#crs")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.fill("#crs", "EPSG:32640")
        page.locator("#crs").blur()
    page.fill("#mapping_name", mapping := f"آبار {officer.row} " + "ق" * 90)
    look(page, "4-named")
    page.click("[name=do][value=save]")
    expect(page.locator("#mapping option", has_text=mapping)).to_have_count(1)
    page.click("[name=do][value=run]")
    page.wait_for_selector(".imports__counts")
    assert page.locator(".imports__counts").first.locator("dd").all_inner_texts()[:2] == ["3", "3"]
    _next_month(officer, unnamed(tmp_path / "آبار next.csv", officer.row - 1), mapping)


def _next_month(officer: Officer, path: Path, mapping: str) -> None:
    """The next file with these columns is read by what was said of the first."""
    page = officer.bring(path, "#mapping", layer="wells")
    look(page, "5-read-before")
    page.select_option("#mapping", label=mapping)
    page.click(".imports__saved button")
    page.wait_for_selector("#choices #place-y")
    expect(page.locator("#place-x")).to_have_value("foo")
    expect(page.locator("#crs")).to_have_value("EPSG:32640")
    look(page, "6-read-alike")
    page.click("[name=do][value=run]")
    page.wait_for_selector(".imports__counts")
    assert page.locator(".imports__counts").first.locator("dd").all_inner_texts()[:2] == ["3", "3"]
