"""The search box in both languages: groups, keys, what is announced, coordinates in metres, a report's number."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from gis import crs
from gis.search import SearchTookTooLong
from tests.scene import Scene

from .conftest import Open
from .test_accessibility import findings

pytestmark = pytest.mark.browser

LANGUAGES = pytest.mark.parametrize("language", ["ar", "en"])
HEADS = {"ar": ("القطع", "الإحداثيات"), "en": ("Parcels", "Coordinates")}
STATUS = "search-box [role=status]"
SILENT = {"ar": "لم يستجب البحث. تحقق من الاتصال", "en": "The search did not answer. Check the connection"}
TOO_LONG = {"ar": "ابحث بكلمات أقل", "en": "Ask with fewer words"}
NOTHING = {"ar": "لا توجد نتائج", "en": "Nothing found"}
ALL = {"ar": "كل النتائج عن", "en": "All results for"}


def ask(page: Page, words: str) -> None:
    page.fill("#find", words)
    page.wait_for_selector("#find-list [role=option]")


def pointed(page: Page) -> str:
    return page.locator(f"#{page.get_attribute('#find', 'aria-activedescendant')}").inner_text()


@LANGUAGES
@pytest.mark.parametrize(("width", "theme"), [(360, "dark"), (1440, "light")])
def test_finds_stand_in_groups_that_programs_can_read(open_page: Open, language: str, width: int, theme: str):
    page = open_page(f"/{language}/", width=width, color_scheme=theme)
    ask(page, "4 103")
    groups = page.locator("#find-list [role=group]")
    assert groups.count() == 2
    for place, head in enumerate(HEADS[language]):
        expect(groups.nth(place)).to_have_accessible_name(head)
        assert groups.nth(place).locator("[role=option]").count() >= 1
    expect(page.locator(STATUS)).to_have_text(re.compile("2 results|نتيجتان"))
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@LANGUAGES
def test_keys_walk_through_the_groups(open_page: Open, language: str):
    page = open_page(f"/{language}/")
    ask(page, "4 103")
    page.keyboard.press("ArrowDown")
    assert "103" in pointed(page)
    page.keyboard.press("End")
    assert "4.00000, 103.00000" in pointed(page)
    page.keyboard.press("Home")
    assert page.get_attribute("#find", "aria-activedescendant") == "find-list-0"
    page.keyboard.press("ArrowUp")
    assert "4.00000, 103.00000" in pointed(page)
    page.keyboard.press("Escape")
    expect(page.locator("#find-list")).to_be_hidden()
    assert page.get_attribute("#find", "aria-expanded") == "false"
    assert page.input_value("#find") == "4 103"


@pytest.mark.in_turn("language")
@LANGUAGES
def test_metres_typed_lead_to_the_place(open_page: Open, language: str):
    easting, northing = map(round, crs.operation("EPSG:9296").backward(58.101, 23.5002))
    page = open_page(f"/{language}/")
    ask(page, f"{easting} {northing} 40")
    names = page.locator("#find-list [role=option]").all_inner_texts()
    assert len(names) > 1
    assert all("40" in name for name in names)
    ask(page, f"ONGD17 {easting} {northing} 40N")
    expect(page.locator("#find-list [role=option]")).to_have_count(1)
    page.keyboard.press("Enter")
    page.wait_for_selector("#card .card")
    assert "103" in page.inner_text("#card")


@LANGUAGES
def test_a_reports_number_opens_its_page(open_page: Open, scene: Scene, language: str):
    page = open_page(f"/{language}/")
    ask(page, f"{scene.report.number[:3]}-{scene.report.number[3:]}")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{language}/reports/{scene.report.number}/")


def finds_nothing_but(page: Page, sentence: str) -> None:
    """The sentence is said and shown, in place of a list."""
    expect(page.locator(STATUS)).to_contain_text(sentence)
    expect(page.locator(".search__note [data-note]")).to_be_visible()
    expect(page.locator("#find-list [role=option]")).to_have_count(0)
    assert page.get_attribute("#find", "aria-expanded") == "false"
    assert findings(page) == []


def proxied(route: Route) -> None:
    route.fulfill(status=503, content_type="text/html", body="<h1>Service Unavailable</h1>")


@pytest.mark.in_turn("language")
@LANGUAGES
@pytest.mark.parametrize("failing", [Route.abort, proxied])
def test_a_search_without_an_answer_is_told(open_page: Open, language: str, failing: Callable[[Route], None]):
    page = open_page(f"/{language}/", width=360)
    page.route("**/search?*", lambda route: failing(route))
    page.fill("#find", "103")
    finds_nothing_but(page, SILENT[language])
    assert SILENT[language] in page.inner_text(".search__note")
    assert "Unavailable" not in page.inner_text("search-box")
    page.unroute_all()
    ask(page, "104")
    expect(page.locator(STATUS)).not_to_contain_text(SILENT[language])


@pytest.mark.in_turn("language")
@LANGUAGES
def test_a_search_that_takes_too_long_says_what_helps(open_page: Open, monkeypatch: pytest.MonkeyPatch, language: str):
    page = open_page(f"/{language}/", width=360)
    monkeypatch.setattr("apps.core.finding.answer", refused)
    page.fill("#find", "103")
    finds_nothing_but(page, TOO_LONG[language])
    assert TOO_LONG[language] in page.inner_text(".search__note")


def refused(*_asked: object) -> None:
    raise SearchTookTooLong


@pytest.mark.in_turn("language")
@LANGUAGES
def test_what_is_typed_before_the_scripts_come_is_answered(open_page: Open, address: str, language: str):
    page = open_page(f"/{language}/reports/")
    held: list[Route] = []
    scripts = re.compile("/dist/main-.*[.]js$")
    page.route(scripts, lambda route: held.append(route))
    with page.expect_request(scripts):
        page.goto(f"{address}/{language}/", wait_until="commit")
    page.locator("#find").press_sequentially("103")
    for route in held:
        route.continue_()
    page.wait_for_selector("#find-list [role=option]")


def test_who_is_typing_is_answered_before_the_map_takes_the_processor(open_page: Open, address: str):
    """The scripts come after the letters, and the map's after the answer."""
    page = open_page("/ar/reports/")
    scripts, questions, drawn = [], [], []
    page.route(re.compile("/dist/main-.*[.]js$"), lambda route: scripts.append(route))
    page.route("**/search?*", lambda route: questions.append(route))
    page.on("request", lambda request: drawn.append(request.url) if "/map.json" in request.url else None)
    with page.expect_request(re.compile("/dist/main-.*[.]js$")):
        page.goto(f"{address}/ar/", wait_until="commit")
    page.locator("#find").press_sequentially("103")
    with page.expect_request("**/search?*"):
        scripts.pop().continue_()
    page.wait_for_timeout(1500)
    assert drawn == []
    questions.pop().continue_()
    page.wait_for_selector("#find-list [role=option]")
    page.wait_for_selector("baladiya-map[data-ready]")


@pytest.mark.in_turn("language")
@LANGUAGES
def test_what_is_not_there_is_said(open_page: Open, language: str):
    page = open_page(f"/{language}/", width=360)
    page.fill("#find", "zzzqqq")
    finds_nothing_but(page, NOTHING[language])
    assert "zzzqqq" in page.inner_text(".search__note")


@pytest.mark.in_turn("language")
@LANGUAGES
def test_the_last_row_leads_to_all_results(open_page: Open, language: str):
    page = open_page(f"/{language}/", width=360)
    ask(page, "Imam Mosque")
    last = page.locator("#find-list [role=option]").last
    expect(last).to_contain_text(ALL[language])
    expect(page.locator(STATUS)).to_have_text(re.compile(r"^\d+ (results|نتائج)$"))
    assert findings(page) == []
    page.keyboard.press("ArrowUp")
    assert ALL[language] in pointed(page)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{language}/search?q=Imam*")


@pytest.mark.in_turn("language")
@LANGUAGES
def test_the_list_is_scrolled_by_the_keys_of_its_field(open_page: Open, language: str):
    """It is the listbox that scrolls, named by the field that controls it; Tab goes past it."""
    page = open_page(f"/{language}/", width=360)
    page.set_viewport_size({"width": 360, "height": 480})
    ask(page, "Imam Mosque")
    box = page.locator("#find-list")
    assert box.evaluate("box => box.scrollHeight > box.clientHeight")
    assert page.get_attribute("#find", "aria-controls") == "find-list"
    last = box.locator("[role=option]").last
    expect(last).not_to_be_in_viewport()
    page.keyboard.press("ArrowUp")
    expect(last).to_be_in_viewport(ratio=0.9)
    page.keyboard.press("ArrowDown")
    expect(box.locator("[role=option]").first).to_be_in_viewport(ratio=0.9)
    expect(box.locator(".search__group").first).to_be_in_viewport(ratio=0.9)
    for _stop in range(2):
        page.keyboard.press("Tab")
        assert not box.evaluate("box => box.contains(document.activeElement)")


@LANGUAGES
def test_without_scripts_the_groups_are_a_page(open_page: Open, language: str):
    page = open_page(f"/{language}/search?q=4+103", java_script_enabled=False)
    assert tuple(page.locator("main h2").all_inner_texts()) == HEADS[language]
