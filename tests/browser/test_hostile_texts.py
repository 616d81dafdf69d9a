"""T6: hostile texts in every field that people, officers and imports fill run on no page, policy or not.

The browser ignores the content security policy here, so that what the pages escape is proved and not what the policy
mends. The policy itself is the business of `tests/config/test_headers.py`.
"""

import re
from itertools import batched
from pathlib import Path

import pytest
from django.contrib import admin
from django.urls import reverse
from playwright.sync_api import Browser, Page

from apps.addressing.models import Street
from apps.config.environment import ROOT
from tests.hostile import pages, texts
from tests.hostile.reflecting import reflecting
from tests.hostile.site import Site, serving
from tests.hostile.town import texts_of

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
AT_ONCE = 2  # as many as there are cores: eight searches at once are a load test, and run into their time limit
BUSY = 503  # says "try again", so it is asked once more
CONTENT = re.compile(r"{% block (content|feed) %}")


def opened(page: Page, addresses: list[str]) -> tuple[dict[str, list[str]], set[str]]:
    """What was found wrong at which address, and the addresses that show a text."""
    wrong, showing = {}, set()
    for some in batched(addresses, AT_ONCE):
        answers = page.evaluate(texts.OPEN, list(some))
        late = [answer[0] for answer in answers if answer[1] == BUSY]
        answers = [answer for answer in answers if answer[1] != BUSY]
        for address, status, shown, found in answers + page.evaluate(texts.OPEN, late):
            if status >= 500:
                found.append(f"the server failed: {status}")
            if found:
                wrong[address] = found
            if shown:
                showing.add(address)
    return wrong, showing


def careless(template: str) -> str:
    """The template with its escaping switched off."""
    block = CONTENT.search(template)
    begin, end = (block.end(), template.rindex("{% endblock %}")) if block else (0, len(template))
    return f"{template[:begin]}{{% autoescape off %}}{template[begin:end]}{{% endautoescape %}}{template[end:]}"


def test_no_address_is_without_an_example():
    assert pages.uncovered() == []


def test_nothing_runs_for_the_public(browser: Browser, site: Site):
    page = site.visit(browser, bypass_csp=True)
    wrong, showing = opened(page, [*pages.shown(site.town), *reflecting()])
    assert wrong == {}
    assert {address for address in pages.cards(site.town) if address not in showing} == set()


def test_nothing_runs_for_officers(browser: Browser, site: Site):
    """One who may see everything; the pages of the desk show the texts of every model that has some."""
    page = site.visit(browser, site.town.boss, bypass_csp=True)
    wrong, showing = opened(page, [*pages.shown(site.town)[::2], *pages.desks(site.town)])
    assert wrong == {}
    changed = {
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[site.town.row(model).pk])
        for model in admin.site._registry
        if texts_of(model)
    }
    assert {address for address in changed if address not in showing} == set()


def test_a_template_that_does_not_escape_is_found(browser: Browser, site: Site, tmp_path: Path):
    """The seeded fault, in three templates; a page that none of them makes stays without a finding."""
    for name in ("core/card.html", "core/results.html", "ogc/items.html"):
        (source,) = ROOT.glob(f"*/**/templates/{name}")
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(careless(source.read_text()))
    broken = [
        f"/en/card/streets/{site.town.row(Street).pk}/",
        "/en/search?q=%3Cimg+src%3Dx+onerror%3Dran(2)%3E",
        "/ogc/collections/streets/items?f=html",
    ]
    with serving(site.town, tmp_path, FAULTY_TEMPLATES=str(tmp_path)) as address:
        page = Site(site.town, address).visit(browser, bypass_csp=True)
        wrong, _showing = opened(page, [*broken, "/en/reports/"])
    assert set(wrong) == set(broken)
    assert any(found.startswith("ran: ") for told in wrong.values() for found in told)
