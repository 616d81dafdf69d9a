"""Rasters on the desk, in the browser: axe finds nothing, nothing hangs over, one is withdrawn by keyboard."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect
from pytest_django import DjangoDbBlocker

from apps.accounts.models import User
from gis.rasters.models import Raster
from tests.scene import SOUTH, STEP, WEST, Scene
from tests.terrain import rising_northwards

from .conftest import Open
from .test_accessibility import DIRECTIONS, WIDTHS, findings

pytestmark = pytest.mark.browser

TABLET = 768
ENLARGED = {"width": 640, "device_scale_factor": 2}  # 200 % of a window of 1280 pixels
PAGES = {
    "list": "/admin/spatial/raster/",
    "raster": "/admin/spatial/raster/{raster}/change/",
    "history": "/admin/spatial/raster/{raster}/history/",
    "withdrawal": "/admin/spatial/raster/{raster}/delete/",
}
LONG = "نموذج ارتفاعات رقمي من المسح الجوي لمحافظات الباطنة ومسقط والداخلية في ديسمبر عام ألفين وخمسة وعشرين"


@pytest.fixture(scope="module")
def raster(scene: Scene, django_db_blocker: DjangoDbBlocker, tmp_path_factory: Any) -> Iterator[Raster]:
    """Ground under the quarter, with a long title."""
    box = (WEST, SOUTH, WEST + 5 * STEP, SOUTH + 5 * STEP)
    with django_db_blocker.unblock(), rising_northwards(box, tmp_path_factory.mktemp("ground")) as made:
        Raster.objects.using("owner").filter(pk=made.pk).update(title_ar=LONG, licence="CC BY 4.0 " * 9)
        yield made


@pytest.fixture(scope="module")
def signed_in(scene: Scene, address: str) -> Any:
    """What a context needs to be a superuser's, in a language."""
    boss = User.objects.using("owner").create(username="boss-of-rasters", is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(boss)

    def of(lang: str) -> dict[str, object]:
        values = {settings.SESSION_COOKIE_NAME: client.session.session_key, settings.LANGUAGE_COOKIE_NAME: lang}
        cookies = [{"name": name, "value": value, "url": address} for name, value in values.items()]
        return {"storage_state": {"cookies": cookies, "origins": []}}

    return of


@pytest.mark.in_turn("lang", "theme")
@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(("lang", "theme"), [("ar", "dark"), ("en", "light")])
def test_axe_finds_nothing(open_page: Open, raster: Raster, signed_in: Any, name: str, lang: str, theme: str):
    path = PAGES[name].format(raster=raster.pk)
    page = open_page(path, width=WIDTHS[0], color_scheme=theme, kept=f"{lang} {theme}", **signed_in(lang))
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == [lang, DIRECTIONS[lang]]
    for width in (*WIDTHS, TABLET):
        page.set_viewport_size({"width": width, "height": 800})
        assert findings(page) == [], width
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.in_turn("lang")
@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("lang", ["ar", "en"])
def test_nothing_hangs_over_the_edge_when_enlarged(
    open_page: Open, raster: Raster, signed_in: Any, name: str, lang: str
):
    page = open_page(PAGES[name].format(raster=raster.pk), kept=f"{lang} enlarged", **ENLARGED, **signed_in(lang))
    assert page.evaluate("document.documentElement.scrollWidth") <= ENLARGED["width"]


def test_where_no_map_is_drawn_the_place_is_told(open_page: Open, raster: Raster, signed_in: Any):
    page = open_page(PAGES["list"], **signed_in("ar"))
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.goto(page.url + f"{raster.pk}/change/")
    expect(page.locator("[data-undrawn]")).to_be_visible()
    expect(page.locator(".record-map")).to_be_hidden()
    expect(page.locator("[data-undrawn] ~ bdi")).to_contain_text("23.50")


def test_one_is_withdrawn_by_keyboard_alone(open_page: Open, raster: Raster, signed_in: Any):
    page = open_page(PAGES["raster"].format(raster=raster.pk), **signed_in("ar"))
    page.locator(".withdraw a").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/delete/")
    page.locator("[name=reason]").focus()
    page.keyboard.insert_text("نموذج أحدث")
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist .success")).to_contain_text("سُحب")
    expect(page.locator("[aria-labelledby=withdrawn] td >> nth=2")).to_have_text("نموذج أحدث")
    assert findings(page) == []
