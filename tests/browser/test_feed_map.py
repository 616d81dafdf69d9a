"""The feed's pages show their features on a map, and lose nothing without one."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.scene import Scene

from .conftest import PATIENCE_MS, Open
from .test_accessibility import DIRECTIONS, SMALLEST_TARGET, findings

pytestmark = pytest.mark.browser

ITEMS = "/ogc/collections/parcels/items"
MAP, CANVAS = ".feed-map", ".feed-map__canvas"
UNDRAWN = "The map cannot be drawn on this device."


def drawn(open_page: Open, path: str, lang: str, width: int) -> Page:
    page = open_page(f"{path}?f=html&lang={lang}", width=width)
    page.wait_for_selector(f"{CANVAS}[data-ready]", timeout=PATIENCE_MS)
    return page


@pytest.mark.parametrize(("lang", "width"), [("ar", 360), ("en", 1280)])
def test_a_list_and_a_feature_have_a_map(open_page: Open, scene: Scene, lang: str, width: int):
    for path in (ITEMS, f"{ITEMS}/{scene.parcel.pk}"):
        page = drawn(open_page, path, lang, width)
        assert page.evaluate("document.documentElement.dir") == DIRECTIONS[lang]
        assert findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for button in page.locator(f"{MAP} button").all():
            box = button.bounding_box()
            assert box is not None
            assert min(box["width"], box["height"]) >= SMALLEST_TARGET


def test_a_feature_on_the_map_leads_to_its_page(open_page: Open, scene: Scene):
    page = drawn(open_page, f"{ITEMS}/{scene.parcel.pk}", "en", 1280)
    page.locator(CANVAS).click()  # at itself already: its page leads nowhere
    expect(page).to_have_url(re.compile(f"{scene.parcel.pk}\\?f=html"))
    page = open_page(f"{ITEMS}?f=html&lang=en&plot_no={scene.parcel.plot_no}")  # it alone, in the middle
    page.wait_for_selector(f"{CANVAS}[data-ready]", timeout=PATIENCE_MS)
    page.locator(CANVAS).click()
    page.wait_for_url(re.compile(f"/items/{scene.parcel.pk}\\?lang=en"))


def test_the_list_stays_without_script(open_page: Open):
    page = open_page(f"{ITEMS}?f=html&lang=en", java_script_enabled=False)
    expect(page.locator(MAP)).to_be_hidden()
    expect(page.locator("tbody tr").first).to_be_visible()


def test_what_cannot_be_drawn_is_said(open_page: Open, scene: Scene):
    page = open_page("/ogc/?f=html&lang=en")
    page.route(re.compile(r"/items\?.*f=json"), lambda route: route.abort())
    page.goto(page.url.split("/ogc")[0] + f"{ITEMS}?f=html&lang=en")
    expect(page.get_by_text(UNDRAWN)).to_be_visible()
    expect(page.locator(CANVAS)).to_be_hidden()
    expect(page.locator("tbody tr").first).to_be_visible()


def test_nothing_to_draw_is_no_map(open_page: Open):
    for query in ("skipGeometry=true", "plot_no=none"):
        page = open_page(f"{ITEMS}?f=html&lang=en&{query}")
        assert page.locator(MAP).count() == 0
