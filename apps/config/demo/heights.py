"""The heights of an invented town's ground: what its elevation model is made of.

From the shore the ground rises gently through the town; beyond it hills stand where the named ones are, with ridges
between. Inland towns lie on a plain some hundred metres up.
"""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from gis.db.acting import acting_as
from gis.rasters.importing import About, folder, import_elevation, withdraw
from gis.rasters.models import Raster

from .dice import Numbers
from .frame import Frame
from .site import Name, Site, phrase
from .terrain import Terrain
from .town import Town

CELL_M = 20.0
NO_VALUE = -9999.0
INLAND_M = 310.0  # of a town without a coast
HILL_M, HILL_WIDE_M = 150.0, 700.0
RIDGE_M = 60.0
TOWN_M = 2500.0  # from the shore or main road; ridges begin behind


def height(terrain: Terrain, u: Numbers, v: Numbers) -> Numbers:
    """Metres above the sea at places of the town's frame; NaN in the sea."""
    site = terrain.site
    inland = v - terrain.shore(u) if site.seaside else np.abs(v) + 200
    found = (0 if site.seaside else INLAND_M) + 1.5 + 22 * (1 - np.exp(-np.maximum(inland, 0) / 1800)) + inland * 0.004
    wild = np.clip((inland - TOWN_M) / 3000, 0, 1)
    found = found + wild * RIDGE_M * (1 + terrain.noise("ridges", 1500, 4)(u, v))
    found = found + 0.6 * terrain.noise("ground", 260, 2)(u, v)
    for top in terrain.hill_tops():
        away = ((u - top.x) ** 2 + (v - top.y) ** 2) / HILL_WIDE_M**2
        found = found + HILL_M * np.exp(-away)
    return np.where(inland < 0, np.nan, found) if site.seaside else found


def known(site: Site) -> list[Raster]:
    """The elevation models of the town in the catalogue whose files are there."""
    rasters = Raster.objects.filter(title_en=_title(site).en, source=_source())
    return [raster for raster in rasters if (folder() / raster.file).is_file()]


def leave(site: Site) -> None:
    """Take the town's elevation models out of the catalogue. The caller opens `acting_as`."""
    for raster in Raster.objects.filter(title_en=_title(site).en, source=_source()):
        withdraw(raster)


def _title(site: Site) -> Name:
    return phrase("heights").of(site.name)


def _source() -> str:
    source = phrase("invented")
    return f"{source.ar} · {source.en}"


def enter(town: Town, seed: int, *, today: date) -> None:
    """Make the town's elevation model and take it into the catalogue, as any other."""
    title = _title(town.site)
    about = About(title_ar=title.ar, title_en=title.en, source=_source(), licence="CC0 1.0", day=today)
    with TemporaryDirectory() as folder:
        path = Path(folder, f"{town.site.code}.tif")
        write(town, Terrain(town.site, seed), path)
        with acting_as(actor="job:demo", reason="demonstration"):
            made = import_elevation(path, about)
            for older in Raster.objects.filter(title_en=about.title_en, source=about.source).exclude(pk=made.pk):
                withdraw(older)  # the town as another seed had it


def write(town: Town, terrain: Terrain, path: Path) -> None:
    """The town's elevation model as GeoTIFF, in its surveyors' system."""
    import rasterio
    from rasterio.transform import from_origin

    west, south, east, north = Frame(town.site).working(town.country).bounds
    width, tall = (int((far - near) / CELL_M) + 1 for near, far in ((west, east), (south, north)))
    rows, columns = np.mgrid[0:tall, 0:width]
    x, y = west + (columns + 0.5) * CELL_M, north - (rows + 0.5) * CELL_M
    u, v = Frame(town.site).local(x.ravel(), y.ravel())
    cells = height(terrain, u, v).reshape(x.shape)
    cells = np.where(np.isnan(cells), NO_VALUE, np.round(cells, 1)).astype("float32")
    form = {"height": tall, "width": width, "count": 1, "dtype": "float32", "nodata": NO_VALUE}
    place = from_origin(west, north, CELL_M, CELL_M)
    with rasterio.open(path, "w", driver="GTiff", crs=town.site.crs, transform=place, **form) as out:
        out.write(cells, 1)
