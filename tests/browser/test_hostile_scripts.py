"""T6, where our own scripts carry the texts: search as one types, the map's list and cards, the report's steps, the
desk's forms. The policy is in force here, and what it would have to refuse is a finding too."""

import re
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from apps.addressing.models import AddressUnit, Street
from tests.hostile import texts
from tests.hostile.site import Site
from tests.hostile.town import place

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
EVERYTHING = " ".join(text.replace("\r\n", "\n") for text in texts.TEXTS)


@pytest.fixture
def refused() -> list[str]:
    return []


def listening(page: Page, refused: list[str]) -> Page:
    page.set_default_timeout(30_000)
    page.on("dialog", lambda dialog: refused.append(f"a dialog: {dialog.message}"))
    page.on("console", lambda said: "Content Security Policy" in said.text and refused.append(said.text))
    return page


def nothing_ran(page: Page, refused: list[str]) -> None:
    page.wait_for_timeout(200)
    assert page.evaluate(f"({texts.FOUND})(window)") == []
    assert refused == []


def test_search_list_and_card_on_the_map(browser: Browser, site: Site, refused: list[str]):
    page = listening(site.visit(browser), refused)
    lat, lng = place(site.town, Street).split(",")
    page.goto(f"{site.address}/ar/?c={lat},{lng}&z=17")
    page.wait_for_selector("baladiya-map[data-ready]")
    page.click("#in-view summary")
    page.wait_for_selector("#in-view .row")
    page.click("#in-view .row >> nth=0")
    page.wait_for_selector("#card .card h2")
    nothing_ran(page, refused)
    page.fill("#find", "<img src=x onerror=ran(2)>")
    page.wait_for_selector("#find-list .search__none, #find-list [role=option]")
    nothing_ran(page, refused)
    page.fill("#find", site.town.row(Street).name_ar[:40])
    page.wait_for_selector("#find-list [role=option]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("#card .card h2")
    nothing_ran(page, refused)


def test_a_report_of_texts_and_a_file_of_that_name(browser: Browser, site: Site, refused: list[str]):
    page = listening(site.visit(browser), refused)
    page.goto(f"{site.address}/ar/report/?point=23.5002,58.101")
    page.click("[data-next]")
    page.click("summary.group__tile >> nth=0")
    page.click(".group[open] input >> nth=0")
    page.fill("#id_text", EVERYTHING)
    photo = BytesIO()
    Image.new("RGB", (60, 40), "olive").save(photo, "JPEG")
    name = '"><img src=x onerror=ran(2)>.jpg'
    page.set_input_files("#id_photo", {"name": name, "mimeType": "image/jpeg", "buffer": photo.getvalue()})
    page.click("details.fold summary")
    page.fill("#id_name", texts.TEXTS[2])
    page.click("[data-next]")
    page.wait_for_selector(".panel[data-step=check]")
    nothing_ran(page, refused)
    page.click("[data-send]")
    page.wait_for_url(re.compile(r"/ar/reports/\d+/\?key="))
    assert "<x-h>" in page.inner_text("main")
    nothing_ran(page, refused)
    number = page.inner_text(".received__number")

    desk = listening(site.visit(browser, site.town.scene.officer), refused)
    desk.goto(f"{site.address}/admin/reports/report/?q={number}")
    desk.click("#result_list tbody th a")
    desk.wait_for_url("**/change/**")
    assert "<x-h>" in desk.inner_text("#content")
    nothing_ran(desk, refused)


@pytest.mark.parametrize("model", [Street, AddressUnit])
def test_the_desks_forms(browser: Browser, site: Site, refused: list[str], model: type):
    page = listening(site.visit(browser, site.town.boss), refused)
    meta = model._meta  # type: ignore[attr-defined]
    page.goto(f"{site.address}/admin/{meta.app_label}/{meta.model_name}/{site.town.row(model).pk}/change/")
    page.wait_for_selector(".leaflet-container")
    nothing_ran(page, refused)
