"""What may come into the catalogue, what is refused with which advice, and that nothing is left of a refusal."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from rasterio.transform import Affine, from_origin

from gis import crs
from gis.db.acting import acting_as
from gis.history import versions
from gis.rasters import sampling
from gis.rasters.importing import About, BadRaster, folder, import_elevation
from gis.rasters.models import Raster

ABOUT = {"title_ar": "نموذج", "title_en": "Model", "source": "a test", "licence": "CC0", "day": date(2026, 1, 1)}
PLACE = from_origin(500_000, 2_600_000, 30, 30)
GROUND = np.linspace(0, 100, 700 * 800, dtype="float32").reshape(700, 800)

Write = Callable[..., Path]


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, settings: Any) -> Iterator[None]:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    yield
    sampling._opened.cache_clear()


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def make(cells: Any = GROUND, driver: str = "GTiff", **words: Any) -> Path:
        path = tmp_path / "given.tif"
        bands = cells if cells.ndim == 3 else cells[np.newaxis]
        shape = {"count": bands.shape[0], "height": bands.shape[1], "width": bands.shape[2], "dtype": cells.dtype.name}
        form = {"crs": "EPSG:32640", "transform": PLACE, "nodata": -9999} | shape | words
        with rasterio.open(path, "w", driver=driver, **form) as out:
            out.write(bands)
        return path

    return make


def take(path: Path, **words: Any) -> Raster:
    with acting_as(actor="test"):
        return import_elevation(path, About(**(ABOUT | words)))


def test_it_is_kept_as_a_cloud_optimised_geotiff_with_the_same_numbers(db: None, write: Write) -> None:
    raster = take(write())
    assert (raster.lowest, raster.highest, raster.system) == (0, 100, "EPSG:32640")
    assert raster.resolution_m == pytest.approx(30, rel=0.001)
    with rasterio.open(folder() / raster.file) as kept:
        assert kept.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert len(kept.overviews(1)) == raster.levels >= 1
        assert np.array_equal(kept.read(1), GROUND)
    assert raster.geom.contains(crs_point(512_000, 2_590_000))
    assert [version.op for version in versions(Raster, raster.pk)] == ["I"]


def crs_point(x: float, y: float) -> Any:
    from django.contrib.gis.geos import Point

    return Point(*map(float, crs.operation("EPSG:32640").forward(x, y)), srid=4326)


def test_the_same_file_again_is_the_same_raster(db: None, write: Write) -> None:
    first = take(write())
    assert take(write()).pk == first.pk
    (folder() / first.file).unlink()
    assert take(write()).pk == first.pk
    assert (folder() / first.file).is_file()
    assert Raster.objects.count() == 1


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({"cells": np.zeros((2, 10, 10), "float32")}, "bands"),
        ({"cells": np.zeros((10, 10), "complex64")}, "bands"),
        ({"cells": np.zeros((2, 10), "float32")}, "size"),
        ({"transform": Affine.identity()}, "not_placed"),
        ({"transform": PLACE @ Affine.rotation(10)}, "turned"),
        ({"crs": None}, "no_system"),
        ({"nodata": None}, "no_nodata"),
        ({"cells": np.full((10, 10), 20_000, "float32")}, "range"),
        ({"cells": np.full((10, 10), -9999, "float32")}, "empty"),
        ({"crs": "EPSG:4326", "transform": from_origin(500, 95, 1, 1)}, "outside"),
        ({"driver": "HFA"}, "unreadable"),
    ],
)
def test_what_is_refused(db: None, write: Write, words: dict[str, Any], reason: str) -> None:
    with pytest.raises(BadRaster) as refused:
        take(write(**words))
    assert refused.value.details["reason"] == reason
    assert str(refused.value).endswith((".", "…"))
    assert not Raster.objects.exists()
    assert list(folder().iterdir()) == []


@pytest.mark.parametrize(
    ("told", "reason"),
    [({"scales": (0.1,)}, "scaled"), ({"offsets": (100.0,)}, "scaled"), ({"units": ("ft",)}, "unit")],
)
def test_numbers_that_are_no_metres_yet_are_refused(db: None, write: Write, told: dict[str, Any], reason: str) -> None:
    """Else they would be ten times too high, or in feet, and look like heights."""
    path = write()
    with rasterio.open(path, "r+") as given:
        for name, value in told.items():
            setattr(given, name, value)
    with pytest.raises(BadRaster) as refused:
        take(path)
    assert refused.value.details["reason"] == reason


def test_metres_that_are_said_are_taken(db: None, write: Write) -> None:
    path = write()
    with rasterio.open(path, "r+") as given:
        given.units = ("Metre",)
    assert take(path).highest == 100


def test_what_the_file_does_not_say_may_be_said(db: None, write: Write) -> None:
    raster = take(write(crs=None, nodata=None), crs="EPSG:32640", nodata=0)
    assert raster.lowest > 0
    with rasterio.open(folder() / raster.file) as kept:
        assert kept.nodata == 0
    assert sampling.at(*crs_point(512_000, 2_590_000).coords)


@pytest.mark.parametrize("content", [b"", b"II*\0", b"II*\0" + b"\xff" * 5000, b"<VRTDataset rasterXSize='9'/>"])
def test_broken_files_are_refused(db: None, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.tif"
    path.write_bytes(content)
    with pytest.raises(BadRaster):
        take(path)
    assert list(folder().iterdir()) == []


def test_a_file_that_is_gone_gives_no_height_and_no_error(db: None, write: Write) -> None:
    raster = take(write())
    (folder() / raster.file).unlink()
    assert sampling.at(*crs_point(512_000, 2_590_000).coords) is None
