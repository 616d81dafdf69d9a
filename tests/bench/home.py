"""The home page on a phone with a processor four times slower: what it fetches before it can be used, and how soon.

Over a town of the demonstration. Bytes as they come over the wire, compressed. The map's are those of its own
downloads: its scripts, and nothing of the data that it draws. Usable: painted, its scripts run, and an answer shown to
a letter that was typed into the search as soon as there was one.
"""

import argparse
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections
from django.utils import timezone
from playwright.sync_api import Browser, Page, sync_playwright

from apps.config import reference
from apps.config.demo.load import load_all
from apps.config.demo.site import sites
from apps.config.demo.town import build
from gis import generalising, indexing, versions
from tests import databases
from tests.bench.line import Line, Pair
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.servers import served

FIRST_KIB, MAP_KIB, USABLE_S = 150, 450, 2.0
SLOWER = 4
SEED = 7
PHONE = {"width": 360, "height": 740}
LETTER = "م"
ANSWER = ".search__list:not([hidden]) [role=option]"
SCRIPTS_OF_THE_MAP = ("/dist/modes-", "/dist/chunk-", "/dist/map-worker-", "/dist/backdrop-")
FETCHED = (
    "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
    ".map(({ name, transferSize }) => [name, transferSize])"
)
DATA_OF_THE_MAP = ("/tiles/", "/map.json", "/dist/icons-")


def measure(options: argparse.Namespace) -> list[Line]:
    databases.start()
    name = databases.clone(databases.template(), label="bench")
    _found_a_town(name)
    with served(name) as address, _chromium() as browser:
        _load(browser, address)  # the server's first answer is not the browser's
        turns = [_load(browser, address) for _turn in range(options.pairs)]
    with databases.superuser() as root:
        databases.drop(root, name)
    first, of_map, seconds = zip(*turns, strict=True)
    return [
        Line("home page, before it can be used", "asked", _pairs(first, FIRST_KIB), unit="KiB"),
        Line("its map, fetched afterwards", "asked", _pairs(of_map, MAP_KIB), unit="KiB"),
        Line("usable, processor four times slower", "asked", _pairs(seconds, USABLE_S)),
    ]


def _found_a_town(name: str) -> None:
    """The first of the smallest demonstration, with what follows its records."""
    databases.point_django_at(name)
    reference.seed()
    now = timezone.localtime()
    load_all([build(sites("tiny")[0], SEED, now)], now=now, say=lambda line: None)
    for follower in (indexing, generalising, versions):
        follower.follow(anew=True)
    connections.close_all()


def _pairs(values: tuple[float, ...], limit: float) -> tuple[Pair, ...]:
    return tuple(Pair(value, limit) for value in values)


@contextmanager
def _chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


def _load(browser: Browser, address: str) -> tuple[float, float, float]:
    """KiB before use, KiB of the map, and seconds until the page can be used."""
    context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    began = time.monotonic()
    page.goto(f"{address}/ar/", wait_until="commit")
    seconds = _until_usable(page, began)
    before: list[tuple[str, int]] = page.evaluate(FETCHED)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 1})  # what follows is weighed, and not timed
    page.wait_for_selector("baladiya-map[data-ready]", timeout=120_000)
    fetched: list[tuple[str, int]] = page.evaluate(FETCHED)
    context.close()
    first = _weight(before, ("",)) - _weight(before, SCRIPTS_OF_THE_MAP) - _weight(before, DATA_OF_THE_MAP)
    return first / 1024, _weight(fetched, SCRIPTS_OF_THE_MAP) / 1024, seconds


def _weight(fetched: list[tuple[str, int]], parts: tuple[str, ...]) -> int:
    return sum(size for address, size in fetched if any(part in address for part in parts))


def _until_usable(page: Page, began: float) -> float:
    """Until the page has been painted, its scripts have run and the search has answered a letter that was typed."""
    page.locator("#find").press_sequentially(LETTER)
    page.wait_for_selector(ANSWER)
    page.wait_for_selector("baladiya-map:defined", state="attached")
    answered = time.monotonic() - began
    painted: float = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0") / 1000
    return max(answered, painted)
