"""Debian's Chromium on a running site with the quarter in it. `CHROMIUM` names another browser."""

import os
from collections.abc import Callable, Iterator

import pytest
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page
from pytest_django import DjangoDbBlocker

from tests import databases
from tests.hostile.site import Site, hostile_site
from tests.scene import Scene, set_up
from tests.servers import live_site

from .turns import leave_to_the_long_run

# Playwright keeps an event loop in this thread, and Django then takes every query for an asynchronous one.
os.environ.update(DJANGO_ALLOW_ASYNC_UNSAFE="true")

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-background-networking",
    "--enable-unsafe-swiftshader",
    # For maps alone. Pages are painted by the processor itself, which takes half of the time.
    "--use-angle=swiftshader-webgl",
    # On a busy machine the watchdog takes this slow drawing for a hang, ends its process, and pages stand still.
    "--disable-gpu-watchdog",
]
PATIENCE_MS = 60_000  # the map is drawn by the processor here
Open = Callable[..., Page]


@pytest.hookimpl(tryfirst=True)  # before `-m "not long"` chooses
def pytest_collection_modifyitems(items: list[pytest.Function]) -> None:
    leave_to_the_long_run(items)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": ARGUMENTS}


@pytest.fixture(scope="module")
def scene(template_database: str, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Scene]:
    with set_up(template_database, django_db_blocker, label="browser") as made:
        yield made


@pytest.fixture(scope="module")
def address(scene: Scene) -> Iterator[str]:
    """Where the site answers, static files included."""
    with live_site() as at:
        yield at


@pytest.fixture(scope="package")
def hostile(
    template_database: str,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    """The hostile town on a real server, for all files that look at it. Django points at it for these alone."""
    before = str(connections["default"].settings_dict["NAME"])
    with (
        hostile_site(template_database, django_db_blocker, tmp_path_factory.mktemp("media")) as made,
        databases.pointed_at(before),
        django_db_blocker.block(),
    ):
        yield made


@pytest.fixture(scope="module")
def site(hostile: Site, django_db_blocker: DjangoDbBlocker) -> Iterator[Site]:
    with django_db_blocker.unblock(), databases.pointed_at(hostile.town.scene.database):
        yield hostile


@pytest.fixture(scope="module")
def kept_contexts(browser: Browser) -> Iterator[dict[str, BrowserContext]]:
    """By name, for pages that a module only looks at: their files are fetched and compiled once."""
    kept: dict[str, BrowserContext] = {}
    yield kept
    for context in kept.values():
        context.close()


@pytest.fixture
def open_page(browser: Browser, address: str, kept_contexts: dict[str, BrowserContext]) -> Iterator[Open]:
    """`open_page("/ar/", width=360)`: a page in a context of its own; with `kept` in that of the module with this name.

    It fails the test when it asks another server, is refused something by the security policy, or throws.
    """
    opened: list[BrowserContext | Page] = []
    faults: list[str] = []

    def open_one(
        path: str, *, width: int = 1280, height: int = 800, map_ready: bool = False, kept: str = "", **more: object
    ) -> Page:
        size = {"width": width, "height": height}
        context = kept_contexts.get(kept) or browser.new_context(viewport=size, **more)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.set_viewport_size(size)  # type: ignore[arg-type]
        opened.append(page if kept else context)
        if kept:
            kept_contexts[kept] = context
        page.on("request", lambda request: _foreign(request.url, address, faults))
        page.on("console", lambda message: _refused(message, faults))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(address + path)
        if map_ready:
            page.wait_for_selector("baladiya-map[data-ready]")
        return page

    yield open_one
    for one in opened:
        one.close()
    assert faults == []


def _foreign(url: str, address: str, faults: list[str]) -> None:
    if not url.startswith((address, "data:", "blob:")):
        faults.append(f"asked another server: {url}")


def _refused(message: ConsoleMessage, faults: list[str]) -> None:
    """What the content security policy refuses is written to the console."""
    if "Content Security Policy" in message.text:
        faults.append(message.text)
