"""Where the map begins."""

import pytest
from pytest_django import Settings

from apps.core.plan import first_view
from gis.layers import Audience
from tests.apps.town import Town, found_towns


@pytest.fixture
def town(db: None) -> Town:
    return found_towns()


def test_the_map_begins_at_the_readers_own_authority(town: Town):
    for body in (town.here, town.there):
        west, south, east, north = first_view(Audience.OFFICER, frozenset({body.pk}))["bounds"]
        assert (west, south, east, north) == pytest.approx(body.geom.extent)


def test_else_at_the_one_that_is_named(town: Town, settings: Settings):
    for body in (town.here, town.there):
        settings.HOME_AUTHORITY = body.code
        assert first_view(Audience.OFFICER)["bounds"] == pytest.approx(body.geom.extent)
