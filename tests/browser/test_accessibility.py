"""Every page of people, in both languages, on a phone and a desk: axe finds nothing (WCAG 2.2 A and AA)."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.template.loader import render_to_string
from playwright.sync_api import Page

from tests.scene import KEY, Scene

from .conftest import Open

pytestmark = pytest.mark.browser

WIDTHS = (360, 1440)
DIRECTIONS = {"ar": "rtl", "en": "ltr"}
# Without `preload` axe puts no copies of stylesheets into the page, which the security policy would refuse.
RULES = {
    "preload": False,
    "resultTypes": ["violations"],
    "selectors": False,
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
SMALLEST_TARGET = 43.5  # CSS pixels; 44, less what rounding takes

PAGES = {
    "home": "/{lang}/",
    "card": "/{lang}/card/parcels/{parcel}/",
    "place": "/{lang}/at/?point=23.5002,58.101",
    "results": "/{lang}/search?q=103",
    "nothing found": "/{lang}/search?q=qqqq",
    "report": "/{lang}/report/",
    "follow": "/{lang}/reports/",
    "wrong number": "/{lang}/reports/?number=1",
    "own report": "/{lang}/reports/{number}/?key={key}&new=1",
    "report of others": "/{lang}/reports/{number}/",
    "for programs": "/{lang}/api/",
    "no such page": "/{lang}/nothing/",
    "feed": "/ogc/?f=html&lang={lang}",
    "collections": "/ogc/collections?f=html&lang={lang}",
    "collection": "/ogc/collections/parcels?f=html&lang={lang}",
    "fields": "/ogc/collections/wells/schema?f=html&lang={lang}",
    "items": "/ogc/collections/parcels/items?f=html&lang={lang}",
    "item": "/ogc/collections/parcels/items/{parcel}?f=html&lang={lang}",
    "catalogue": "/ogc/catalogue/collections/layers/items?f=html&lang={lang}",
    "for programmers": "/ogc/catalogue/openapi?f=html&lang={lang}",
    "record": "/ogc/catalogue/collections/layers/items/parcels?f=html&lang={lang}",
    "quality": "/ogc/catalogue/collections/layers/items/parcels/quality?f=html&lang={lang}",
    "refused by the feed": "/ogc/collections/parcels/items?bbox=1,2&f=html&lang={lang}",
}

# Controls that stand alone; links inside sentences are exempt (WCAG 2.5.8).
TARGETS = (
    "button, summary, select, a.button, a.row, label.check, "
    "input:not([type=hidden], [type=file], [type=radio], [type=checkbox])"
)
TOO_SMALL = """(targets) => targets.filter((one) => {
    const box = one.getBoundingClientRect();
    const style = getComputedStyle(one);
    const shown = box.width && box.height && style.visibility !== 'hidden' && !one.closest('.visually-hidden');
    return shown && !one.matches('.link, .panel__grip') && (box.height < SMALLEST || box.width < SMALLEST);
}).map((one) => one.outerHTML.slice(0, 120))""".replace("SMALLEST", str(SMALLEST_TARGET))


def findings(page: Page) -> list[str]:
    """What axe finds in the page as it stands; axe itself is brought once for each document."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate("(rules) => axe.run(rules).then(({ violations }) => violations)", RULES)
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


def path_of(name: str, scene: Scene, lang: str) -> str:
    return PAGES[name].format(lang=lang, parcel=scene.parcel.pk, number=scene.report.number, key=KEY)


@pytest.mark.in_turn("lang")
@pytest.mark.parametrize("lang", ["ar", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(open_page: Open, scene: Scene, name: str, lang: str):
    """On a phone and on a desk; a window that was made wider, or narrower, is a window of that width."""
    widths = WIDTHS if lang == "ar" else WIDTHS[::-1]
    page = open_page(path_of(name, scene, lang), width=widths[0], kept=lang)
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == [lang, DIRECTIONS[lang]]
    for width in widths:
        page.set_viewport_size({"width": width, "height": 800})
        assert findings(page) == [], width
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.eval_on_selector_all(TARGETS, TOO_SMALL) == [], width


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_with_the_map_and_its_layers_open(open_page: Open, theme: str):
    page = open_page("/ar/", map_ready=True, color_scheme=theme)
    page.click("button[data-opens=layers]")
    assert findings(page) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_in_any_step_of_a_report(open_page: Open, width: int):
    page = open_page("/ar/report/?point=23.5002,58.101", width=width)
    for step in ("place", "category", "text", "check"):
        page.wait_for_selector(f".panel[data-step={step}]")
        assert findings(page) == [], step
        if step == "category":
            page.click("summary.group__tile >> nth=0")
            page.click(".group[open] input >> nth=0")
        elif step != "check":
            page.click("[data-next]")


@pytest.mark.parametrize("template", ["400.html", "500.html"])
def test_axe_finds_nothing_where_the_server_fails(open_page: Open, template: str):
    page = open_page("/ar/reports/", width=WIDTHS[0])
    page.set_content(render_to_string(template))
    assert "Noto" in page.evaluate("getComputedStyle(document.body).fontFamily")  # with the site's styles
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[0]
    assert page.eval_on_selector_all(TARGETS, TOO_SMALL) == []


def test_the_rule_sees_its_faults(open_page: Open):
    page = open_page("/ar/reports/")
    page.evaluate("document.querySelector('main').innerHTML = '<img src=data:,><button>x</button>'")
    page.evaluate("document.querySelector('main button').style.height = '20px'")
    assert any("image-alt" in finding for finding in findings(page))
    assert len(page.eval_on_selector_all(TARGETS, TOO_SMALL)) == 1
