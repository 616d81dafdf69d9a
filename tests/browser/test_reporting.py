"""A citizen reports, follows, loses the network and comes back."""

import re
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from pytest_django import Settings

from apps.accounts.models import Tally
from apps.reports.models import Report
from gis import crs
from gis.db.acting import acting_as
from tests.apps.core.test_typed import NO_PLACES, PLACES
from tests.scene import STREET_AR, STREET_EN, Scene

from .conftest import Open
from .test_accessibility import findings

pytestmark = pytest.mark.browser

HERE = "/ar/report/?point=23.5002,58.101"
TEXT = "المصباح مطفأ منذ أسبوع أمام المدرسة <b>جدًا</b>"


def go_to_check(page: Page, *, text: str = TEXT) -> None:
    page.click("[data-next]")
    page.click("summary.group__tile >> nth=0")
    page.click(".group[open] input >> nth=0")
    page.fill("#id_text", text)
    page.click("[data-next]")
    page.wait_for_selector(".panel[data-step=check]")


def how_many(scene: Scene) -> int:
    with acting_as(authorities=[scene.authority.pk], actor="test"):
        return Report.objects.count()


def photo() -> bytes:
    out = BytesIO()
    Image.new("RGB", (3000, 2000), "olive").save(out, "JPEG")
    return out.getvalue()


def test_four_steps_give_a_number_that_can_be_followed(open_page: Open, scene: Scene):
    page = open_page(HERE, width=360, height=740)
    go_to_check(page)
    assert page.inner_text("[data-shows=text]") == TEXT
    page.click("[data-change=text]")
    page.set_input_files("#id_photo", {"name": "lamp.jpg", "mimeType": "image/jpeg", "buffer": photo()})
    expect(page.locator(".photo__preview")).to_be_visible()
    page.click("[data-next]")
    page.click("[data-send]")
    page.wait_for_url(re.compile(r"/ar/reports/\d+/\?key="))
    number = page.inner_text(".received__number")
    assert TEXT in page.inner_text("main")

    public = open_page(f"/ar/reports/?number={number}")
    assert f"/ar/reports/{number}/" in public.url
    assert TEXT not in public.inner_text("main")


def test_the_map_sets_the_place_and_arrow_keys_move_it(open_page: Open):
    page = open_page("/en/report/", map_ready=True)
    page.mouse.click(900, 500)
    expect(page.locator("#id_point")).not_to_have_value("")
    first = page.input_value("#id_point")
    page.focus(".map__pin")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#id_point")).not_to_have_value(first)


@pytest.mark.in_turn("language", "said")
@pytest.mark.parametrize(("language", "said"), [("ar", STREET_AR), ("en", STREET_EN)])
def test_under_the_pin_stands_what_is_there(open_page: Open, language: str, said: str):
    page = open_page(f"/{language}/report/?point=23.5002,58.101", width=360, height=740)
    expect(page.locator("[data-here-is]")).to_contain_text(f"5, {said}" if language == "en" else f"5، {said}")
    assert findings(page) == []
    page.fill("#id_point", "-33.9; 18.4")
    expect(page.locator("[data-here-is]")).to_be_hidden()


def test_the_form_reads_places_as_the_server_does(open_page: Open):
    page = open_page("/ar/report/", width=360, height=480)  # each place moves the map: little to draw
    for typed, lng, lat in PLACES:
        page.fill("#id_point", typed)
        page.click("[data-next]")
        expect(page.locator(".panel[data-step=category]")).to_be_visible()
        read = page.evaluate("({...document.querySelector('baladiya-map').dataset})")
        assert (float(read["lng"]), float(read["lat"])) == pytest.approx((lng, lat))
        page.click("[data-back]")
    for typed in NO_PLACES:
        page.fill("#id_point", typed)
        page.click("[data-next]")
        expect(page.locator("#id_point-error")).not_to_be_empty()
        expect(page.locator(".panel[data-step=place]")).to_be_visible()


@pytest.mark.in_turn("language")
@pytest.mark.parametrize("language", ["ar", "en"])
def test_metres_are_read_and_where_several_places_are_meant_one_is_chosen(open_page: Open, language: str):
    easting, northing = (f"{metres:.2f}" for metres in crs.operation("EPSG:3440").backward(58.101, 23.5002))
    page = open_page(f"/{language}/report/", width=360, height=740)
    page.fill("#id_point", f"PSD93 {easting} {northing} 40N")
    expect(page.locator("baladiya-map")).to_have_attribute("data-lat", re.compile(r"23\.5002"))
    page.fill("#id_point", f"{easting} {northing}")
    choices = page.locator("[data-readings] button")
    expect(choices.first).to_be_visible()
    assert findings(page) == []
    page.click("[data-next]")
    expect(page.locator("#id_point-error")).not_to_be_empty()
    page.focus("[data-readings] button >> nth=0")
    page.locator("[data-readings] button", has_text="PSD93").press("Enter")
    expect(page.locator("#id_point")).to_have_value("23.500200, 58.101000")
    page.click("[data-next]")
    expect(page.locator(".panel[data-step=category]")).to_be_visible()


def test_the_summary_of_faults_leads_to_the_field(open_page: Open):
    page = open_page(HERE, width=360, height=740)
    go_to_check(page)
    page.evaluate("document.querySelector('#id_phone').value = '12'")
    page.click("[data-send]")
    page.click(".errors a")
    expect(page.locator("#id_phone")).to_be_focused()
    expect(page.locator("#id_phone")).to_be_in_viewport()
    expect(page.locator(".panel[data-step=text]")).to_be_visible()
    expect(page.locator("#id_phone-error")).to_contain_text("رقم")


def test_nothing_goes_on_without_place_or_category(open_page: Open):
    page = open_page("/en/report/")
    page.click("[data-next]")
    expect(page.locator("#id_point-error")).to_contain_text("Say where it is")
    page.fill("#id_point", "23.5002, 58.101")
    page.click("[data-next]")
    page.click("[data-next]")
    expect(page.locator("#id_category-error")).to_contain_text("Choose what it is about")


def test_a_place_outside_is_said_at_its_field_and_nothing_is_lost(open_page: Open, scene: Scene):
    before = how_many(scene)
    page = open_page("/en/report/?point=1.5,1.5")
    go_to_check(page)
    page.click("[data-send]")
    page.wait_for_selector("#errors .errors")
    page.click("#errors a")
    page.wait_for_selector(".panel[data-step=place]")
    expect(page.locator("#id_point-error")).to_contain_text("Move the pin")
    assert page.input_value("#id_text") == TEXT
    assert how_many(scene) == before


def test_without_network_the_report_waits_and_is_sent_once(open_page: Open, scene: Scene):
    before = how_many(scene)
    page = open_page(HERE)
    go_to_check(page)
    page.context.set_offline(True)
    page.click("[data-send]")
    expect(page.locator("#errors")).to_contain_text("لا يوجد اتصال")
    page.context.set_offline(False)
    page.reload()
    expect(page.locator(".report__kept")).to_be_visible()
    assert page.input_value("#id_text") == TEXT
    page.click("[data-next]")
    page.click("[data-next]")
    page.click("[data-next]")
    page.click("[data-send]")
    page.wait_for_url(re.compile(r"/ar/reports/\d+/\?key="))
    assert how_many(scene) == before + 1


def test_a_lost_answer_does_not_make_a_second_report(open_page: Open, scene: Scene):
    before = how_many(scene)
    page = open_page(HERE)
    go_to_check(page)

    def lose_the_answer(route, request) -> None:
        if request.method == "POST":
            route.fetch(max_redirects=0)
            route.abort()
        else:
            route.continue_()

    page.route("**/ar/report/**", lose_the_answer)
    page.click("[data-send]")
    expect(page.locator("#errors")).to_contain_text("لا يوجد اتصال")
    assert how_many(scene) == before + 1
    page.unroute("**/ar/report/**")
    page.click("[data-send]")
    page.wait_for_url(re.compile(r"/ar/reports/\d+/\?key="))
    assert how_many(scene) == before + 1


def test_the_back_button_goes_one_step_back(open_page: Open):
    page = open_page(HERE)
    go_to_check(page)
    page.go_back()
    page.wait_for_selector(".panel[data-step=text]")
    assert page.input_value("#id_text") == TEXT


def test_a_change_of_language_keeps_the_step_and_what_was_typed(open_page: Open):
    page = open_page("/ar/report/?point=23.5002,58.101")
    page.fill("#id_point", "23.5004, 58.1012")
    go_to_check(page)
    page.go_back()
    page.set_input_files("#id_photo", {"name": "lamp.jpg", "mimeType": "image/jpeg", "buffer": photo()})
    expect(page.locator(".photo__preview")).to_be_visible()
    chosen = page.input_value("[name=category]:checked")
    page.wait_for_function("caches.open('report-draft').then((store) => store.match('/report-draft/photo'))")

    page.click("a[data-language]")
    page.wait_for_url("**/en/report/**")
    page.wait_for_selector(".panel[data-step=text]")
    assert (page.input_value("#id_text"), page.input_value("#id_point")) == (TEXT, "23.50040, 58.10120")
    assert page.input_value("[name=category]:checked") == chosen
    page.click("[data-next]")
    page.click("a[data-language]")
    page.wait_for_url("**/ar/report/**")
    page.wait_for_selector(".panel[data-step=check]")
    expect(page.locator("[data-shows=photo]")).to_have_text("lamp.jpg")
    for step in ("text", "category", "place"):
        page.click("[data-back]")
        page.wait_for_selector(f".panel[data-step={step}]")
    assert "/ar/report/" in page.url
    page.reload()
    page.wait_for_selector(".panel[data-step=place]")


def test_without_scripts_one_page_does_it(open_page: Open, scene: Scene):
    before = how_many(scene)
    page = open_page("/en/report/", java_script_enabled=False)
    page.click("[data-send]")
    assert "Nothing you typed is lost" in page.inner_text("#errors")
    page.fill("#id_point", "٢٣٫٥٠٠٢، ٥٨٫١٠١")
    page.click("summary.group__tile >> nth=0")
    page.click(".group[open] input >> nth=0")
    page.fill("#id_text", TEXT)
    page.click("[data-send]")
    assert "Your report has arrived" in page.inner_text("main")
    assert how_many(scene) == before + 1


def test_who_must_wait_is_told_and_the_open_page_sends_again_by_itself(
    open_page: Open, scene: Scene, settings: Settings
):
    settings.REPORTS_AN_HOUR = 1
    before = how_many(scene)
    page = open_page(HERE)
    go_to_check(page)
    page.click("[data-send]")
    page.wait_for_url(re.compile(r"/ar/reports/\d+/\?key="))

    page.goto(page.url.partition("/ar/")[0] + HERE)
    go_to_check(page)
    page.clock.install()
    page.click("[data-send]")
    expect(page.locator("#errors")).to_contain_text("أعد إرسال هذا البلاغ بعد الساعة")
    assert how_many(scene) == before + 1
    assert page.input_value("#id_text") == TEXT
    settings.REPORTS_AN_HOUR = 10
    Tally.objects.all().delete()
    page.clock.fast_forward(3_600_000)
    page.wait_for_url(re.compile(r"/ar/reports/\d+/\?key="))
    assert how_many(scene) == before + 2
