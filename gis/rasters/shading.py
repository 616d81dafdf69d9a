"""Hillshade under the map: tiles (WebMercatorQuad, 256 pixels a side) in which light falls from the north-west.

A tile is black where the ground is darker than level ground and white where it is brighter, as opaque as it differs: so
it lies over any colour of a map, and level ground, the sea and what no elevation model knows show nothing. Heights come
from every elevation model that reaches the tile, the finer above the coarser, warped by GDAL from the overview that
fits. A shift of some metres between datums is not seen at the scale of a cell, so GDAL's own choice of operation holds.
"""

import io
import logging
import math
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import numpy as np
from django.contrib.gis.db.models import Extent
from django.contrib.gis.geos import Polygon

from gis import mercator, tiles
from gis.mercator import Address

from .importing import folder
from .models import Raster
from .sampling import horn

logger = logging.getLogger(__name__)

PIXELS = 256
COARSEST = 8  # from further away hills are smaller than pixels
FINEST = 16
MOST_MODELS = 12  # that one tile is made of, the finest first
LIGHT_FROM, LIGHT_HEIGHT = math.radians(315), math.radians(45)  # as maps have had it since Imhof
TRUE_SIZE = 14  # level from which heights are not exaggerated; before it by half a level's factor a level
STRONGEST = 150  # of 255
STEPS = 8  # of opacity that nobody tells apart; fewer make a smaller file


@dataclass(frozen=True)
class Relief:
    """Where there is ground to shade (west, south, east, north; EPSG:4326), and the finest level that adds anything."""

    box: tuple[float, float, float, float]
    finest: int
    sources: tuple[str, ...]


def relief() -> Relief | None:
    """What can be shaded; None without elevation models."""
    models = Raster.objects.filter(kind=Raster.Kind.ELEVATION)
    box = models.aggregate(box=Extent("geom"))["box"]
    if box is None:
        return None
    told = models.order_by("resolution_m", "-day")
    cell = min(one.resolution_m for one in told)
    at_equator = 2 * mercator.HALF / PIXELS  # metres of a pixel at level 0
    finest = min(FINEST, max(COARSEST, math.ceil(math.log2(at_equator / cell))))
    return Relief(box, finest, tuple(dict.fromkeys(f"{one} ({one.source}; {one.licence})" for one in told)))


def beneath(at: Address) -> list[Raster]:
    """The elevation models that a tile is made of, the coarsest first."""
    tiles.check(tiles.Square(tiles.WEB_MERCATOR, *at))
    box = Polygon.from_bbox(mercator.degree_box(*at, margin=1 / PIXELS))
    box.srid = 4326
    models = Raster.objects.filter(kind=Raster.Kind.ELEVATION, geom__intersects=box)
    return [*models.order_by("resolution_m", "-day")[:MOST_MODELS]][::-1] if at[0] >= COARSEST else []


def version(models: list[Raster]) -> str:
    """The same for as long as the tile is."""
    return sha256(" ".join(model.sha256 for model in models).encode()).hexdigest()[:32]


def tile(at: Address, models: list[Raster]) -> bytes:
    """The tile as PNG. A model whose file is gone or broken is left out and told to the operator."""
    cells = np.full((PIXELS + 2, PIXELS + 2), np.nan)
    for model in models:
        try:
            warped = _warped(model, at)
        except OSError:
            logger.exception("The raster %s (%s) cannot be read. Import it again.", model.pk, model.file)
            continue
        cells = np.where(np.isnan(warped), cells, warped)
    return _png(_light(cells, at))


def _warped(model: Raster, at: Address) -> Any:
    """Heights in the middle of the tile's pixels and of those around it (float64, NaN where there is none)."""
    import rasterio
    from rasterio.enums import Resampling
    from rasterio.transform import from_origin
    from rasterio.vrt import WarpedVRT

    west, _south, east, north = mercator.mercator_box(*at)
    pixel = (east - west) / PIXELS
    size = {
        "width": PIXELS + 2,
        "height": PIXELS + 2,
        "transform": from_origin(west - pixel, north + pixel, pixel, pixel),
    }
    with (
        rasterio.open(folder() / model.file, driver="GTiff") as given,
        WarpedVRT(
            given, crs="EPSG:3857", resampling=Resampling.bilinear, dtype="float64", nodata=math.nan, **size
        ) as seen,
    ):
        return seen.read(1)


def _light(cells: Any, at: Address) -> Any:
    """How much brighter (up to 1) or darker (down to -1) than level ground each pixel of the tile is; NaN unknown."""
    _west, south, _east, north = mercator.mercator_box(*at)
    pixel = (north - south) / PIXELS / math.cosh((north + south) / 2 / mercator.RADIUS)  # metres on the ground
    higher = 2 ** (max(0, TRUE_SIZE - at[0]) / 2)
    steep, downhill = (np.radians(found[1:-1, 1:-1]) for found in horn(cells * higher, pixel, pixel))
    level = math.sin(LIGHT_HEIGHT)
    bright = level * np.cos(steep) + math.cos(LIGHT_HEIGHT) * np.sin(steep) * np.cos(LIGHT_FROM - downhill)
    bright = np.maximum(bright, 0) - level
    return np.where(bright > 0, bright / (1 - level), bright / level)


def _png(light: Any) -> bytes:
    from PIL import Image

    opacity = np.nan_to_num(np.abs(light)) * STRONGEST
    grey = np.where(np.nan_to_num(light) > 0, 255, 0)
    pixels = np.dstack([grey, np.round(opacity / STEPS) * STEPS]).astype("uint8")
    written = io.BytesIO()
    Image.fromarray(pixels, "LA").save(written, "PNG", compress_level=6)
    return written.getvalue()
