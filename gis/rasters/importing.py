"""Bringing a raster into the catalogue: judged and rewritten by a limited process, checked again, then entered."""

import json
import math
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

import shapely
from django.conf import settings
from django.contrib.gis.geos import GEOSGeometry
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis import crs, measure
from gis.exchange.source import checksum
from gis.refusals import Refusal
from gis.remedies import Remedied

from .models import Raster

ROOT = Path(__file__).resolve().parents[2]
POINTS_A_SIDE = 20
WORLD = shapely.box(*crs.WORLD)

REASONS: dict[str, Promise | Remedied] = {
    "unreadable": _("The file is no GeoTIFF that can be read. Export it as GeoTIFF again."),
    "bands": _("An elevation model has one band of real numbers. Export that band alone."),
    "scaled": _("The numbers of the raster are heights only after a scale or shift that it names. Write the heights."),
    "unit": _("The raster says that its heights are not in metres. Convert them to metres, and export it again."),
    "size": _("The raster is too large or has fewer than 3 cells across. Cut it into parts of at most 400 million."),
    "not_placed": _("The raster does not say where it lies. Georeference it, north upwards, and export it again."),
    "turned": _("The raster is turned against its coordinate system. Warp it to north upwards first."),
    "no_system": Remedied(
        _("The raster names no coordinate system."),
        command=_("Say it with --crs EPSG:n."),
        page=_("Say which one it is in."),
    ),
    "no_nodata": Remedied(
        _("The raster does not say which number stands for no value."),
        command=_("Say it with --nodata, or with --complete that none does."),
        page=_("Say which it is, or that every cell has a value."),
    ),
    "range": _("Heights go from -500 to 9,000 m; these do not. Check the unit and the number for no value."),
    "empty": _("The raster has no value at all. Check the number for no value."),
    "outside": _("The raster lies where its coordinate system is not defined. Check the system."),
    "ended": _("Reading the raster took too long or too much memory. Cut it into parts."),
    "not_written": _("The raster could not be kept as it is. Try again; the disk may be full."),
}


class BadRaster(Refusal):
    code: ClassVar[str] = "bad_raster"
    sentence: ClassVar[str | Promise] = "%(told)s"

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason, told=REASONS[reason])


@dataclass(frozen=True)
class About:
    """What the file cannot say of itself."""

    title_ar: str
    title_en: str
    source: str
    licence: str
    day: date
    vertical_datum: str = ""
    crs: str = ""
    nodata: float | None = None
    complete: bool = False  # every cell has a value: no number stands for none


def folder() -> Path:
    """Where the rasters of this installation lie."""
    return Path(settings.MEDIA_ROOT) / "rasters"


def import_elevation(path: Path, about: About, *, using: str | None = None) -> Raster:
    """Take an elevation model in metres into the catalogue; the same file again is the one that is there.

    The caller opens `acting_as`. Raises BadRaster, UnknownSystem, NoOperation; then nothing has been kept.
    """
    if not path.is_file():
        raise BadRaster("unreadable")
    digest = checksum(path)
    known = Raster.objects.using(using).filter(sha256=digest).first()
    if known is not None and (folder() / known.file).is_file():
        return known
    folder().mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".import-", dir=folder()) as work:
        made = Path(work) / f"{digest}.tif"
        found = _judged(path.resolve(), made, about)
        levels = _checked(made, found)
        extent, resolution = _placed(found)
        made.replace(folder() / made.name)
    told = {name: getattr(about, name) for name in ("title_ar", "title_en", "source", "licence", "day")}
    told |= {"vertical_datum": about.vertical_datum, "kind": Raster.Kind.ELEVATION, "file": made.name}
    told |= {"system": crs.identify(found["system"]), "resolution_m": resolution, "levels": levels}
    told |= {
        "lowest": found["lowest"],
        "highest": found["highest"],
        "geom": GEOSGeometry(memoryview(extent.wkb), srid=4326),
    }
    return Raster.objects.using(using).update_or_create(sha256=digest, defaults=told)[0]


def withdraw(raster: Raster) -> None:
    """Take a raster out of the catalogue; its file goes when that is certain. The caller opens `acting_as`."""
    file = folder() / raster.file
    raster.delete()
    transaction.on_commit(lambda: file.unlink(missing_ok=True), using=raster._state.db)


def _judged(path: Path, target: Path, about: About) -> dict[str, Any]:
    request: dict[str, Any] = {"path": str(path), "target": str(target), "crs": about.crs}
    request |= {"nodata": about.nodata, "complete": about.complete}
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as verdict:
        with os.fdopen(writing, "wb") as end:
            command = [sys.executable, "-m", "gis.rasters.child", json.dumps(request), str(end.fileno())]
            words = {name: os.environ[name] for name in ("GDAL_DATA", "PROJ_DATA", "LANG") if name in os.environ}
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[end.fileno()],
                cwd=ROOT,
                env={"PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1", **words},
            )
        told = verdict.readline()
        process.wait()
    if not told:
        raise BadRaster("ended")
    answer: dict[str, Any] = json.loads(told)
    if "refused" in answer:
        raise BadRaster(answer["refused"])
    return answer


def _checked(made: Path, found: dict[str, Any]) -> int:
    """How many overviews the written file has. It is our own now: the same numbers, in tiles, coarse ones first."""
    import rasterio

    with rasterio.open(made, driver="GTiff") as written:
        layout = written.tags(ns="IMAGE_STRUCTURE").get("LAYOUT")
        if layout != "COG" or written.checksum(1) != found["sum"]:
            raise BadRaster("not_written")
        return len(written.overviews(1))


def _placed(found: dict[str, Any]) -> tuple[Any, float]:
    """The extent in EPSG:4326, and how many metres the longer side of a cell is in its middle."""
    west, south, east, north = found["bounds"]
    ring = shapely.segmentize(shapely.box(west, south, east, north), max(east - west, north - south) / POINTS_A_SIDE)
    by = crs.operation(found["system"])
    extent = crs.to_storage(ring, by)
    if not all(map(math.isfinite, extent.bounds)) or not extent.is_valid or not WORLD.covers(extent):
        raise BadRaster("outside")
    x, y, (across, up) = (west + east) / 2, (south + north) / 2, found["cell"]
    lon, lat = by.forward([x, x + across, x], [y, y, y + up])
    middle = (float(lon[0]), float(lat[0]))
    sides = [measure.distance_m(middle, (float(lon[i]), float(lat[i]))) for i in (1, 2)]
    return extent, max(sides)
