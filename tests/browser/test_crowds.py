"""Where a tile could not hold everything, the legend says so."""

import re

import pytest
from playwright.sync_api import Route, expect

from .conftest import PATIENCE_MS, Open

pytestmark = pytest.mark.browser


def crowded(route: Route) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, headers=answer.headers | {"x-features-dropped": "12"})


@pytest.mark.in_turn("lang", "said")
@pytest.mark.parametrize(
    ("lang", "said"),
    [("ar", "لا تظهر كل العناصر هنا؛ قرّب الخريطة."), ("en", "Not everything is drawn here; zoom in.")],
)
def test_the_legend_says_where_not_everything_is_drawn(open_page: Open, lang: str, said: str):
    """Of the layer alone, while it is on, until a tile in view holds everything again."""
    page = open_page(f"/{lang}/reports/")
    page.context.route(re.compile(r"/tiles/parcels/15/"), crowded)
    page.goto(page.url.replace("/reports/", "/?c=23.5002,58.101&z=15.2"))
    page.wait_for_selector("baladiya-map[data-ready]")
    note = page.locator(".layer:has(input[value=parcels]) [role=status]")
    expect(note).to_have_text(said, timeout=PATIENCE_MS)
    expect(page.locator(".layer:has(input[value=streets]) [role=status]")).to_have_text("")
    page.click("button[data-opens=layers]")
    expect(note).to_be_visible()
    page.uncheck("input[name=layer][value=parcels]")
    expect(note).to_have_text("", timeout=PATIENCE_MS)
    page.check("input[name=layer][value=parcels]")
    expect(note).to_have_text(said, timeout=PATIENCE_MS)
    page.click("button[data-tool=zoom-in]")
    expect(note).to_have_text("", timeout=PATIENCE_MS)
