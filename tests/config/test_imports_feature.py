"""The page of one quarantined feature: what its form takes back, and what it keeps of a form that is refused."""

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gis.db.acting import acting_as
from gis.exchange.models import Quarantine
from tests.apps.town import Town, found_towns
from tests.config.test_imports import officer, quarantined

pytestmark = pytest.mark.django_db
POINT = json.dumps({"type": "Point", "coordinates": [58.05, 23.55]})


@pytest.fixture
def town(settings: Any, tmp_path: Path) -> Town:
    settings.MEDIA_ROOT = tmp_path / "media"
    return found_towns()


def address(item: Quarantine) -> str:
    return reverse("admin:spatial_quarantine_change", args=[item.pk])


def fresh(town: Town, item: Quarantine) -> Quarantine:
    with acting_as(authorities=[town.here.pk], actor="test"):
        item.refresh_from_db()
    return item


def shape_in(page: str) -> str:
    """What the editor's field holds."""
    [held] = re.findall(r"<textarea[^>]*name=.shape.[^>]*>(.*?)</textarea>", page, re.DOTALL)
    return html.unescape(held).strip()


def draw(client: Client, item: Quarantine) -> str:
    """A point beside what came; the page's text afterwards."""
    client.post(address(item), {"do": "keep", "version": 0, "shape": POINT})
    return client.get(address(item)).content.decode()


def test_the_original_geometry_is_taken_again_though_the_outline_was_left_alone(town: Town):
    item, client = quarantined(town), officer(town)
    page = draw(client, item)
    assert fresh(town, item).drawn is not None
    assert 'name="undraw"' in page
    client.post(address(item), {"do": "keep", "version": 1, "shape": shape_in(page), "undraw": "1"})
    assert (fresh(town, item).drawn, item.version) == (None, 2)
    assert 'name="undraw"' not in client.get(address(item)).content.decode()
