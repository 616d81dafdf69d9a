"""Made ground in the catalogue of rasters, for tests of what is said and drawn of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from django.test import override_settings
from rasterio.transform import from_origin

from gis.db.acting import acting_as
from gis.rasters import sampling
from gis.rasters.importing import About, import_elevation

STEP = 0.0002  # degrees, some twenty metres
CELLS = 300
ABOUT = About("ارتفاعات للاختبار", "Heights for a test", "a test", "CC0", date(2026, 1, 1))


@contextmanager
def rising_northwards(box: tuple[float, float, float, float], folder: Path) -> Iterator[Any]:
    """Ground around a box (west, south, east, north; EPSG:4326) that rises by a metre with every cell to the north."""
    west, _south, _east, north = box
    heights = np.repeat(np.arange(CELLS, 0, -1, dtype="float32"), CELLS).reshape(CELLS, CELLS)
    form = {"height": CELLS, "width": CELLS, "count": 1, "dtype": "float32", "nodata": -9999, "crs": "EPSG:4326"}
    place = from_origin(west - CELLS / 2 * STEP, north + CELLS / 2 * STEP, STEP, STEP)
    with rasterio.open(folder / "made.tif", "w", driver="GTiff", transform=place, **form) as out:
        out.write(heights, 1)
    with override_settings(MEDIA_ROOT=str(folder / "media")):
        with acting_as(actor="test"):
            raster = import_elevation(folder / "made.tif", ABOUT)
        yield raster
        sampling._opened.cache_clear()
        with acting_as(actor="test"):
            raster.delete()
