"""The map and the ways around it: click, keyboard, search, list, address."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.scene import STREET_AR, Scene
from tests.terrain import rising_northwards

from .conftest import Open

pytestmark = pytest.mark.browser

CLOSE = "?c=23.5002,58.101&z=18"  # the plot is in the middle


def card_title(page: Page) -> str:
    page.wait_for_selector("#card .card h2")
    return page.inner_text("#card .card h2")


def test_a_click_gives_one_card_and_the_address_keeps_it(open_page: Open, scene: Scene):
    page = open_page(f"/ar/{CLOSE}", map_ready=True)
    page.wait_for_timeout(1500)
    page.mouse.click(640, 56 + (800 - 56) / 2)
    assert card_title(page) == "قطعة 103، مربع 4"
    page.wait_for_url(f"**/ar/card/parcels/{scene.parcel.pk}/**")
    page.go_back()
    expect(page.locator("#card .card")).to_have_count(0)
    page.go_forward()
    assert card_title(page) == "قطعة 103، مربع 4"


def test_enter_chooses_what_is_in_the_middle(open_page: Open):
    page = open_page(f"/en/{CLOSE}", map_ready=True)
    page.wait_for_timeout(1500)
    page.focus(".maplibregl-canvas")
    page.keyboard.press("Enter")
    assert card_title(page) == "Plot 103, block 4"


def test_search_by_keyboard_opens_a_card_and_moves_the_map(open_page: Open):
    page = open_page("/ar/?c=23.6,58.2&z=12", map_ready=True)
    page.fill("#find", "شارع جامع الامام")
    page.wait_for_selector("#find-list [role=option]")
    assert page.get_attribute("#find", "aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    assert page.get_attribute("#find", "aria-activedescendant") == "find-list-0"
    page.keyboard.press("Enter")
    assert STREET_AR in card_title(page)
    page.wait_for_url(re.compile(r"[?&]c=23\.500"))


def test_what_the_map_shows_is_a_list_too(open_page: Open):
    page = open_page(f"/en/{CLOSE}", map_ready=True)
    page.click("#in-view summary")
    page.wait_for_selector("#in-view .row")
    titles = page.locator("#in-view .row bdi").all_inner_texts()
    assert "Plot 103, block 4" in titles
    page.click("#in-view .row >> nth=0")
    assert card_title(page) in titles


def test_a_layer_switched_off_is_off_for_those_who_get_the_link(open_page: Open):
    page = open_page(f"/en/{CLOSE}", map_ready=True)
    page.click("button[data-opens=layers]")
    page.uncheck("input[name=layer][value=parcels]")
    page.wait_for_url(re.compile(r"[?&]on="))
    link = page.url.split("/en/")[1]
    other = open_page(f"/en/{link}", map_ready=True)
    assert not other.is_checked("input[name=layer][value=parcels]")
    assert other.is_checked("input[name=layer][value=streets]")


def test_coordinates_can_be_typed_instead(open_page: Open):
    page = open_page("/ar/")
    page.fill("#find", "٢٣٫٥٠٠٢، ٥٨٫١٠١")
    page.wait_for_selector("#find-list [role=option]")
    page.keyboard.press("Enter")
    page.wait_for_selector("#card .card")
    assert "قطعة 103، مربع 4" in page.inner_text("#card")


def test_without_scripts_search_and_cards_are_pages(open_page: Open, scene: Scene):
    page = open_page("/ar/", java_script_enabled=False)
    page.fill("#find", "103")
    page.keyboard.press("Enter")
    page.click(f'a[href="/ar/card/parcels/{scene.parcel.pk}/"]')
    assert "قطعة 103" in page.inner_text("h2")


def test_without_webgl_the_page_says_so_and_goes_on(open_page: Open):
    page = open_page("/en/reports/")
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.goto(page.url.replace("/reports/", "/"))
    expect(page.locator(".map__failed")).to_be_visible()
    page.fill("#find", "103")
    page.wait_for_selector("#find-list [role=option]")
    page.keyboard.press("Enter")
    assert card_title(page) == "Plot 103, block 4"


def test_the_page_works_before_the_map(open_page: Open):
    """The map's scripts never come; search, cards and the way to report do not wait for them."""
    page = open_page("/en/reports/")
    page.route("**/dist/modes-*.js", lambda route: None)
    home = page.url.replace("/reports/", "/")
    page.goto(home)
    expect(page.locator(".map__wait")).to_be_visible()
    page.fill("#find", "103")
    page.wait_for_selector("#find-list [role=option]")
    page.keyboard.press("Enter")
    assert card_title(page) == "Plot 103, block 4"
    page.goto(home)
    page.click("#start a[href$='/report/']")
    expect(page.get_by_role("heading", name="Where is it?")).to_be_visible()
    expect(page.get_by_role("heading", level=1, name="Report a problem")).to_be_visible()


def test_the_theme_changes_at_once_and_stays(open_page: Open):
    page = open_page("/en/reports/")
    page.click("summary[aria-label=Appearance]")
    page.click("[data-theme-choice=dark]")
    assert page.get_attribute("html", "data-theme") == "dark"
    page.reload()
    assert page.get_attribute("html", "data-theme") == "dark"


def test_the_other_language_shows_what_was_opened_meanwhile(open_page: Open, scene: Scene):
    """A card opens without a new page; the link goes to the address as it is now, with its query."""
    page = open_page("/ar/")
    opened = f"card/parcels/{scene.parcel.pk}/?c=23.5002,58.1010&z=17.0"
    page.evaluate("(address) => history.pushState(null, '', address)", f"/ar/{opened}")
    page.click("a[data-language]")
    page.wait_for_url(lambda url: f"/en/card/parcels/{scene.parcel.pk}/?" in url, timeout=15_000)
    assert page.locator("html").get_attribute("lang") == "en"
    assert "Plot 103" in page.locator("#card").inner_text()


@pytest.mark.in_turn("language")
@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize(("width", "height"), [(683, 384), (360, 320), (640, 512), (360, 480), (800, 360), (360, 640)])
def test_no_tool_lies_under_the_sheet_on_a_low_screen(open_page: Open, language: str, width: int, height: int):
    """At 200 % a laptop's screen is 683 × 384 of its pixels."""
    page = open_page(f"/{language}/", width=width, height=height, kept=language)
    page.wait_for_selector('[data-tool="zoom-out"]')
    assert page.evaluate(COVERED) == []


COVERED = """() => [...document.querySelectorAll(".tools button")].filter((one) => one.offsetParent).filter((one) => {
  const { left, right, top, bottom } = one.getBoundingClientRect();
  const [x, y] = [(left + right) / 2, (top + bottom) / 2]; // corners are round
  const points = [[x, y], [left + 2, y], [right - 2, y], [x, top + 2], [x, bottom - 2]];
  return !points.every(([x, y]) => one.contains(document.elementFromPoint(x, y)));
}).map((one) => one.title)"""


def test_the_shaded_ground_is_switched_off_and_stays_so_in_either_language(
    open_page: Open, scene: Scene, tmp_path: Path
):
    with rising_northwards(scene.parcel.geom.extent, tmp_path):
        page = open_page("/ar/reports/")
        with page.expect_response("**/tiles/relief/**.png") as drawn:
            page.goto(page.url.replace("/reports/", f"/{CLOSE}"))
        assert drawn.value.status == 200
        page.wait_for_selector("baladiya-map[data-ready]")
        page.click("[data-opens=layers] >> nth=0")
        ground = page.get_by_role("checkbox", name="شكل الأرض")
        expect(ground).to_be_checked()
        ground.uncheck()
        page.wait_for_url(re.compile(r"[?&]on="))
        assert "relief" not in page.url
        page.reload()
        page.wait_for_selector("baladiya-map[data-ready]")
        expect(page.get_by_role("checkbox", name="شكل الأرض", include_hidden=True)).not_to_be_checked()

        page.click("a[data-language]")
        page.wait_for_selector("html[lang=en] baladiya-map[data-ready]")
        page.click("[data-opens=layers] >> nth=0")
        ground = page.get_by_role("checkbox", name="Shape of the ground")
        expect(ground).not_to_be_checked()
        with page.expect_response("**/tiles/relief/**.png"):
            ground.check()
        ground.uncheck()
        page.wait_for_url(re.compile(r"/en/.*[?&]on="))
        assert "relief" not in page.url
