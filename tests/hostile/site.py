"""A running site with the hostile town in it, for the tests that open its pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.test import Client
from playwright.sync_api import Browser, Page
from pytest_django import DjangoDbBlocker

from tests.scene import set_up
from tests.servers import served

from .texts import LISTEN
from .town import Town, draw_photos, fill


@dataclass
class Site:
    """The town, and the address of a real server that shows it."""

    town: Town
    address: str

    def cookies(self, person: Any) -> dict[str, str]:
        """The session of somebody who signed in."""
        client = Client()
        client.force_login(person)
        return {"sessionid": client.cookies["sessionid"].value}

    def visit(self, browser: Browser, person: Any = None, **more: Any) -> Page:
        """A page that notes what runs, at an address of the site that is no page; signed in as `person`."""
        context = browser.new_context(**more)
        context.add_init_script(LISTEN)
        if person:
            given = self.cookies(person).items()
            context.add_cookies([{"name": name, "value": value, "url": self.address} for name, value in given])
        page = context.new_page()
        page.goto(f"{self.address}/healthz")
        return page


@contextmanager
def hostile_site(template: str, blocker: DjangoDbBlocker, folder: Path, **environment: str) -> Iterator[Site]:
    """A database of its own with the town, and a server on it; photos go to the folder."""
    with set_up(template, blocker, label="hostile") as scene:
        town = fill(scene)
        draw_photos(town, folder)
        with serving(town, folder, **environment) as address:
            yield Site(town, address)


@contextmanager
def serving(town: Town, folder: Path, **environment: str) -> Iterator[str]:
    """One more server on the same town."""
    settings = {"DJANGO_SETTINGS_MODULE": "tests.faulty", "MEDIA_ROOT": str(folder)}
    with served(town.scene.database, **settings, **environment) as address:
        yield address
