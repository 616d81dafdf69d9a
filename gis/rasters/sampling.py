"""What the elevation model says of a place: height by the four cells around it, slope by the nine.

Distances between cells are measured on the ground, geodesic, whatever system the raster is in: of cells in degrees a
slope would otherwise be nonsense. Of an area the cells count whose middles lie inside; where none does, its own middle.
Open files are kept for the process, and one thread at a time reads: a window of some cells takes a millisecond.
"""

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any

import numpy as np
import shapely
from django.contrib.gis.geos import Point

from gis import crs, measure

from .importing import folder
from .models import Raster

logger = logging.getLogger(__name__)

OPEN_FILES = 8
# Cells of an area that are read at most: of larger ones every second, third, … is looked at.
MOST_CELLS = 1_000_000

_reading = Lock()


@dataclass(frozen=True)
class Ground:
    """Height in the raster's unit above its datum; slope in degrees and `aspect` (downhill, degrees from its north).

    Of an area: means, with the lowest and highest cell, and the share of its cells that have a value.
    """

    raster: Raster
    height: float
    slope: float | None
    aspect: float | None = None
    lowest: float | None = None
    highest: float | None = None
    covered: float = 1.0

    @property
    def slope_percent(self) -> float | None:
        return None if self.slope is None else math.tan(math.radians(self.slope)) * 100


def at(lon: float, lat: float) -> Ground | None:
    """The ground at a point of EPSG:4326; None where no elevation model has a value."""
    return _first(lon, lat, lambda raster: sample(raster, lon, lat))


def over(area: Any) -> Ground | None:
    """The ground of an area (shapely, EPSG:4326), by the finest elevation model that holds its middle."""
    middle = shapely.point_on_surface(area)
    return _first(middle.x, middle.y, lambda raster: zone(raster, area))


def _first(lon: float, lat: float, ask: Callable[[Raster], Ground | None]) -> Ground | None:
    """What the finest model that has a value there says. A file that is gone or broken is told to the operator."""
    here = Raster.objects.filter(kind=Raster.Kind.ELEVATION, geom__intersects=Point(lon, lat, srid=4326))
    for raster in here.order_by("resolution_m", "-day"):
        try:
            found = ask(raster)
        except OSError:
            logger.exception("The raster %s (%s) cannot be read. Import it again.", raster.pk, raster.file)
            continue
        if found is not None:
            return found
    return None


def sample(raster: Raster, lon: float, lat: float) -> Ground | None:
    """The raster at a point: bilinear between the cells that have a value; None where the nearest has none."""
    column, row = _cell(raster, lon, lat)
    left, top = math.floor(column) - 1, math.floor(row) - 1
    cells = _window(raster, left, top, 4, 4)
    x, y = column - left, row - top  # within the window, 1 to 2
    if math.isnan(cells[round(y), round(x)]):
        return None
    four = cells[1:3, 1:3]
    weights = np.outer([2 - y, y - 1], [2 - x, x - 1])
    known = ~np.isnan(four)
    height = float((four[known] * weights[known]).sum() / weights[known].sum())
    nine = cells[round(y) - 1 : round(y) + 2, round(x) - 1 : round(x) + 2]
    slope, aspect = horn(nine, *_sides(raster, column, row))
    steep = float(slope[1, 1])
    if math.isnan(steep):
        return Ground(raster, height, None)
    return Ground(raster, height, steep, float(aspect[1, 1]) if steep > 0 else None)


def zone(raster: Raster, area: Any) -> Ground | None:
    """The raster over an area: mean, lowest and highest of the cells whose middles lie in it, and their mean slope."""
    from rasterio.features import geometry_mask
    from rasterio.transform import Affine

    plane = crs.from_storage(area, crs.operation(raster.system))
    local = shapely.transform(plane, lambda xy: np.column_stack(~_file(raster).transform @ tuple(xy.T)))
    west, north, east, south = (math.floor(edge) for edge in shapely.bounds(local))
    width, height = east - west + 3, south - north + 3  # a cell more on every side, for the slope of the outermost
    step = max(1, math.ceil(math.sqrt(width * height / MOST_CELLS)))
    cells = _window(raster, west - 1, north - 1, width, height, step)
    placed = Affine(width / cells.shape[1], 0, west - 1, 0, height / cells.shape[0], north - 1)
    inside = geometry_mask([local], cells.shape, placed, invert=True)
    if not inside.any():
        middle = shapely.point_on_surface(area)
        return sample(raster, middle.x, middle.y)
    values = cells[inside]
    if np.isnan(values).all():
        return None
    middle = shapely.centroid(area)
    across, up = _sides(raster, *_cell(raster, middle.x, middle.y))
    slope = horn(cells, across * step, up * step)[0][inside]
    steep = None if np.isnan(slope).all() else float(np.nanmean(slope))
    covered = float(np.isfinite(values).mean())
    return Ground(
        raster, float(np.nanmean(values)), steep, None, float(np.nanmin(values)), float(np.nanmax(values)), covered
    )


@lru_cache(maxsize=OPEN_FILES)
def _opened(path: str) -> Any:
    import rasterio

    return rasterio.open(path, driver="GTiff")


def _file(raster: Raster) -> Any:
    return _opened(str(folder() / raster.file))


def _cell(raster: Raster, lon: float, lat: float) -> tuple[float, float]:
    """Column and row of the place, whole numbers in the middle of cells."""
    x, y = crs.operation(raster.system).backward(lon, lat)
    column, row = ~_file(raster).transform @ (float(x), float(y))
    return column - 0.5, row - 0.5


def _window(raster: Raster, left: int, top: int, width: int, height: int, step: int = 1) -> Any:
    """Cells as float64, NaN where there is no value or no raster."""
    from rasterio.windows import Window

    shape = (max(1, height // step), max(1, width // step))
    with _reading:
        read = _file(raster).read(
            1, window=Window(left, top, width, height), boundless=True, masked=True, out_shape=shape
        )
    return np.ma.filled(read.astype("float64"), np.nan)


def _sides(raster: Raster, column: float, row: float) -> tuple[float, float]:
    """Metres on the ground from a cell's middle to those east and north of it."""
    steps = np.array([(0.5, 0.5), (1.5, 0.5), (0.5, -0.5)]) + np.array([column, row])
    x, y = _file(raster).transform @ tuple(steps.T)
    lon, lat = crs.operation(raster.system).forward(x, y)
    middle = (float(lon[0]), float(lat[0]))
    return measure.distance_m(middle, (float(lon[1]), float(lat[1]))), measure.distance_m(
        middle, (float(lon[2]), float(lat[2]))
    )


def horn(cells: Any, across: float, up: float) -> tuple[Any, Any]:
    """Slope and aspect in degrees after Horn (1981), as gdaldem has it; NaN where one of the nine has no value."""
    padded = np.pad(cells, 1, constant_values=np.nan)
    around = {
        (down, right): padded[1 + down : padded.shape[0] - 1 + down, 1 + right : padded.shape[1] - 1 + right]
        for down in (-1, 0, 1)
        for right in (-1, 0, 1)
    }
    east = around[-1, 1] + 2 * around[0, 1] + around[1, 1] - around[-1, -1] - 2 * around[0, -1] - around[1, -1]
    north = around[-1, -1] + 2 * around[-1, 0] + around[-1, 1] - around[1, -1] - 2 * around[1, 0] - around[1, 1]
    rise, climb = east / (8 * across) + 0 * cells, north / (8 * up)
    return np.degrees(np.arctan(np.hypot(rise, climb))), np.degrees(np.arctan2(-rise, -climb)) % 360
