"""What a raster of the catalogue is like as a whole: how many cells, how large a file, how its values are spread.

Read from the overview that fits, so a raster of 400 million cells answers as fast as a small one. Overviews hold means
of cells: the spread is that of the ground seen from some way off, its lowest and highest cell are in the catalogue.
"""

import logging
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from .importing import folder
from .models import Raster

logger = logging.getLogger(__name__)

MOST_ACROSS = 512  # cells that are looked at, along the longer side


@dataclass(frozen=True)
class Spread:
    """Cells across and down; bytes of the file; of the values, in the raster's unit, their mean and the span of
    their middle half (first and third quartile).

    `covered` is the share of the cells that have a value (0 to 1).
    """

    columns: int
    rows: int
    size: int
    mean: float
    half: tuple[float, float]
    covered: float


def is_there(raster: Raster) -> bool:
    """Does its file lie where the catalogue says?"""
    try:
        return (folder() / raster.file).is_file()
    except OSError:  # a name longer than names of files are
        return False


def spread(raster: Raster) -> Spread | None:
    """None where the file is gone or broken, which is told to the operator."""
    path = folder() / raster.file
    try:
        return _read(str(path)) if path.is_file() else None
    except OSError:
        logger.exception("The raster %s (%s) cannot be read. Import it again.", raster.pk, raster.file)
        return None


@lru_cache(maxsize=32)  # a file is called by its checksum: it says the same for as long as it is there
def _read(path: str) -> Spread | None:
    """Opened apart from the files that sampling keeps open: those belong to one thread at a time."""
    import rasterio

    with rasterio.open(path, driver="GTiff") as given:
        columns, rows = given.width, given.height
        less = max(1.0, max(columns, rows) / MOST_ACROSS)
        shape = (max(1, round(rows / less)), max(1, round(columns / less)))
        cells = np.ma.filled(given.read(1, masked=True, out_shape=shape).astype("float64"), np.nan)
    values = cells[np.isfinite(cells)]
    if not values.size:
        return None
    low, high = map(float, np.quantile(values, (0.25, 0.75)))
    size = Path(path).stat().st_size
    return Spread(columns, rows, size, float(values.mean()), (low, high), values.size / cells.size)
