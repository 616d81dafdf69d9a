"""A pin and a plot know their height and slope, in both languages, and say whose heights these are."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from django.test import Client
from rasterio.transform import from_origin

from gis.db.acting import acting_as
from gis.rasters import sampling
from gis.rasters.importing import About, import_elevation
from tests.scene import Scene

PART = {"HX-Request": "true"}
STEP = 0.0002  # degrees, some twenty metres


@pytest.fixture
def slope(scene: Scene, tmp_path: Path, settings: Any) -> Iterator[None]:
    """Ground around the plot that rises by one metre with every cell to the north."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    west, _south, _east, north = scene.parcel.geom.extent
    cells = np.repeat(np.arange(300, 0, -1, dtype="float32"), 300).reshape(300, 300)
    form = {"height": 300, "width": 300, "count": 1, "dtype": "float32", "nodata": -9999, "crs": "EPSG:4326"}
    place = from_origin(west - 150 * STEP, north + 150 * STEP, STEP, STEP)
    with rasterio.open(tmp_path / "made.tif", "w", driver="GTiff", transform=place, **form) as out:
        out.write(cells, 1)
    about = About("ارتفاعات للاختبار", "Heights for a test", "a test", "CC0", date(2026, 1, 1))
    with acting_as(actor="test"):
        raster = import_elevation(tmp_path / "made.tif", about)
    yield
    sampling._opened.cache_clear()
    with acting_as(actor="test"):
        raster.delete()


def card(path: str) -> str:
    return Client(headers={"host": "127.0.0.1"}).get(path, headers=PART).content.decode()


@pytest.mark.parametrize(
    ("language", "height", "slope_word", "source"),
    [
        ("en", "Height above sea level", "Slope", "Heights for a test"),
        ("ar", "الارتفاع عن سطح البحر", "الميل", "ارتفاعات للاختبار"),
    ],
)
def test_a_pin_and_a_plot(scene: Scene, slope: None, language: str, height: str, slope_word: str, source: str) -> None:
    west, south, _east, north = scene.parcel.geom.extent
    pin = card(f"/{language}/at/?point={(south + north) / 2:.6f},{west:.6f}")
    plot = card(f"/{language}/card/parcels/{scene.parcel.pk}/")
    for shown in (pin, plot):
        for words in (height, slope_word, source):
            assert f"{words}<" in shown, words
        assert '<span class="number">4.5</span> %' in shown  # one metre in 22.15
    assert '<span class="number">15' in pin or '<span class="number">14' in pin


def test_without_a_model_nothing_is_said(scene: Scene) -> None:
    for path in (f"/en/card/parcels/{scene.parcel.pk}/", "/en/at/?point=23.5,58.1"):
        assert "Height" not in card(path)
        assert "Slope" not in card(path)


def test_large_and_hidden_things_have_no_height(scene: Scene, slope: None) -> None:
    for layer, thing in (("authorities", scene.parcel.authority_id), ("wells", scene.well.pk)):
        assert "Slope" not in card(f"/en/card/{layer}/{thing}/"), layer
