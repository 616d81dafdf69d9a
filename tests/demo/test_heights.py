"""The invented ground: dry land rises from the sea, plots are nearly level, hills stand where they are named."""

from collections.abc import Iterator

import numpy as np
import pytest
import shapely
from django.test import override_settings
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from apps.config.demo import heights
from apps.config.demo.terrain import Terrain
from apps.config.demo.town import Town
from gis.rasters import sampling
from gis.rasters.importing import folder
from gis.rasters.models import Raster
from tests import databases
from tests.demo.drawn import SEED, small_towns


@pytest.fixture(scope="module")
def towns() -> list[Town]:
    return small_towns()


@pytest.fixture(scope="module")
def entered(
    towns: list[Town],
    template_database: str,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[list[Town]]:
    """Twice, as by two runs of the demonstration; the first town the first time with another seed."""
    with (
        override_settings(MEDIA_ROOT=str(tmp_path_factory.mktemp("media"))),
        databases.used(template_database, django_db_blocker, label="heights"),
    ):
        for seed in (SEED + 1, SEED):
            for town in towns:
                heights.enter(town, seed if town is towns[0] else SEED, today=timezone.localdate())
        yield towns
        sampling._opened.cache_clear()


def test_every_plot_has_a_height_and_hardly_a_slope(entered: list[Town]) -> None:
    assert Raster.objects.count() == len(entered)
    for town in entered:
        found = [sampling.over(town.frame.stored(lot.outline)) for lot in town.land.lots[:: len(town.land.lots) // 40]]
        assert all(one and one.height > 0 for one in found), town.site.code
        assert np.median([one.slope_percent for one in found if one and one.slope_percent is not None]) < 10


def test_the_sea_has_none_and_hills_are_high(entered: list[Town]) -> None:
    for town in entered:
        terrain = Terrain(town.site, SEED)
        for top in terrain.hill_tops():
            if not town.country.contains(top):
                continue
            point = town.frame.stored(top)
            found = sampling.at(point.x, point.y)
            assert found
            assert found.height > 100
        if town.site.seaside:
            bay = town.frame.stored(shapely.point_on_surface(terrain.bay))
            assert sampling.at(bay.x, bay.y) is None


def test_a_place_comes_back_to_the_frame(towns: list[Town]) -> None:
    frame = towns[0].frame
    point = frame.working(shapely.Point(1234.5, -67.8))
    assert np.allclose(np.ravel(frame.local(np.array([point.x]), np.array([point.y]))), (1234.5, -67.8))


def test_another_seed_leaves_no_older_ground(entered: list[Town]) -> None:
    assert Raster.objects.count() == len(entered)
    assert {raster.file for raster in Raster.objects.all()} == {file.name for file in folder().glob("*.tif")}
