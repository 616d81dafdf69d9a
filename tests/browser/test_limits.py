"""Who tried too often: the page says it in both languages, and axe finds nothing in it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import Page, Response, expect
from pytest_django import Settings

from apps.accounts.models import Tally
from apps.accounts.services import signing_in
from tests.scene import Scene

from .conftest import Open
from .test_accessibility import TARGETS, TOO_SMALL, WIDTHS, findings
from .test_reporting import go_to_check

pytestmark = pytest.mark.browser

# How far the language link stands from the site's name, and how much higher or lower (CSS pixels).
APART = """() => {
    const [name, link] = ["#site-name a", "#header a[data-language]"].map(
        (one) => document.querySelector(one).getBoundingClientRect());
    const off = Math.abs((name.top + name.bottom - link.top - link.bottom) / 2);
    return [Math.max(link.left - name.right, name.left - link.right), off];
}"""

HOUR = timedelta(hours=1)
NO_SIGN_IN = {"ar": "محاولات الدخول كثيرة", "en": "Too many attempts to sign in"}
NO_REPORT = {"ar": "أعد إرسال هذا البلاغ بعد الساعة", "en": "send this one again after"}


@pytest.fixture(autouse=True)
def one_an_hour(scene: Scene, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    once = replace(signing_in.OF_ACCOUNT, free=1, first=HOUR, longest=HOUR)
    monkeypatch.setattr(signing_in, "OF_ACCOUNT", once)
    settings.REPORTS_AN_HOUR = 1
    Tally.objects.all().delete()
    yield
    Tally.objects.all().delete()


def sign_in(page: Page) -> Response:
    page.fill("#id_username", "nobody")
    page.fill("#id_password", "wrong")
    with page.expect_response(lambda answer: answer.request.method == "POST") as sent:
        page.click("[type=submit]")
    page.wait_for_load_state()
    return sent.value


@pytest.mark.in_turn("lang")
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("lang", ["ar", "en"])
def test_signing_in(open_page: Open, lang: str, width: int):
    page = open_page(f"/language/{lang}/?next=/admin/login/", width=width)
    assert sign_in(page).status == 200
    assert sign_in(page).status == 429
    expect(page.locator(".errornote")).to_contain_text(NO_SIGN_IN[lang])
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    gap, off = page.evaluate(APART)
    assert gap >= 8
    assert off <= 4


@pytest.mark.in_turn("lang")
@pytest.mark.parametrize(("width", "scripted"), [(360, True), (1280, False)])
@pytest.mark.parametrize("lang", ["ar", "en"])
def test_reporting(open_page: Open, lang: str, width: int, scripted: bool):
    """`scripted`: said in the form that stands; else on the page that a browser gets when the script did not send."""
    page = open_page(f"/{lang}/report/?point=23.5002,58.101", width=width)
    go_to_check(page)
    page.click("[data-send]")
    page.wait_for_selector(".received__number")
    page.goto(page.url.partition(f"/{lang}/")[0] + f"/{lang}/report/?point=23.5002,58.101")
    go_to_check(page)
    with page.expect_response(lambda answer: answer.request.method == "POST") as sent:
        page.evaluate(f"document.querySelector('#report-form').{'requestSubmit' if scripted else 'submit'}()")
    assert sent.value.status == 429
    expect(page.locator("#errors")).to_contain_text(NO_REPORT[lang])
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.eval_on_selector_all(TARGETS, TOO_SMALL) == []
