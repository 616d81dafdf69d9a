"""Heights and slopes of made ground, whose answers are known, and of the real elevation models."""

import math
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import shapely
from rasterio.transform import Affine, from_origin

from gis import crs
from gis.db.acting import acting_as
from gis.rasters import sampling
from gis.rasters.importing import About, import_elevation
from gis.rasters.models import Raster

ABOUT = About("نموذج", "Model", "made for a test", "CC0", date(2026, 1, 1))
SIDE = 30.0
LEFT, TOP = 500_000.0, 2_600_000.0  # EPSG:32640
PLACE = from_origin(LEFT, TOP, SIDE, SIDE)

Take = Callable[..., Raster]


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, settings: Any) -> Iterator[None]:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    yield
    sampling._opened.cache_clear()


@pytest.fixture
def take(db: None, tmp_path: Path) -> Take:
    """Numbers, north row first, as an elevation model of the catalogue."""

    def make(
        cells: Any,
        place: Affine = PLACE,
        system: str = "EPSG:32640",
        nodata: float = -9999,
    ) -> Raster:
        path = tmp_path / "made.tif"
        shape = {"height": cells.shape[0], "width": cells.shape[1], "count": 1, "dtype": cells.dtype.name}
        with rasterio.open(path, "w", driver="GTiff", crs=system, transform=place, nodata=nodata, **shape) as out:
            out.write(cells, 1)
        with acting_as(actor="test"):
            return import_elevation(path, ABOUT)

    return make


def at(x: float, y: float) -> sampling.Ground | None:
    lon, lat = crs.operation("EPSG:32640").forward(x, y)
    return sampling.at(float(lon), float(lat))


def plane(rise: float, climb: float, size: int = 40) -> Any:
    """Heights in metres that rise so much a metre to the east and to the north."""
    rows, columns = np.mgrid[0:size, 0:size]
    return (1000 + columns * SIDE * rise - rows * SIDE * climb).astype("float32")


def test_between_four_cells_a_height_is_between_theirs(take: Take) -> None:
    take(plane(0.1, 0.0))
    found = at(LEFT + 10.8 * SIDE, TOP - 10.3 * SIDE)
    assert found
    assert found.height == pytest.approx(1000 + 10.3 * SIDE * 0.1, abs=0.01)


@pytest.mark.parametrize(("rise", "climb", "downhill"), [(0.1, 0.0, 270), (0.0, 0.1, 180), (-0.3, 0.4, 143.13)])
def test_the_slope_of_a_plane(take: Take, rise: float, climb: float, downhill: float) -> None:
    take(plane(rise, climb))
    found = at(LEFT + 20.5 * SIDE, TOP - 20.5 * SIDE)
    assert found
    assert found.slope_percent == pytest.approx(100 * math.hypot(rise, climb), rel=0.002)  # the projection's scale
    assert found.aspect == pytest.approx(downhill, abs=0.2)


def test_a_slope_of_cells_in_degrees_is_taken_in_metres(take: Take) -> None:
    """At 60° north a degree to the east is half as long: the same numbers rise twice as steeply that way."""
    step = 1 / 1200
    cells = np.tile(np.arange(40, dtype="float32"), (40, 1))
    take(cells, from_origin(58.0, 60.0, step, step), "EPSG:4326")
    found = sampling.at(58.0 + 20.5 * step, 60.0 - 20.5 * step)
    assert found
    metre = 111_412.84 * math.cos(math.radians(60)) - 93.5 * math.cos(math.radians(180)) + 0.118
    assert found.slope_percent == pytest.approx(100 / (metre * step), rel=0.01)


def test_what_has_no_value_is_not_averaged_in(take: Take) -> None:
    cells = plane(0, 0)
    cells[:, 20:] = -9999
    take(cells)
    beside = at(LEFT + 19.9 * SIDE, TOP - 10.5 * SIDE)
    assert beside
    assert beside.height == pytest.approx(1000)
    assert beside.slope is None
    assert at(LEFT + 20.1 * SIDE, TOP - 10.5 * SIDE) is None
    assert at(LEFT - 5 * SIDE, TOP) is None


def test_an_area_by_the_cells_whose_middles_it_holds(take: Take) -> None:
    take(plane(0.1, 0.0))
    by = crs.operation("EPSG:32640")
    box = shapely.box(LEFT + 10 * SIDE, TOP - 12 * SIDE, LEFT + 14 * SIDE, TOP - 10 * SIDE)
    found = sampling.over(crs.to_storage(box, by))
    assert found
    assert (found.lowest, found.highest) == (pytest.approx(1030), pytest.approx(1039))
    assert found.height == pytest.approx(1034.5)
    assert found.slope_percent == pytest.approx(10, rel=0.002)
    assert found.covered == 1
    small = shapely.box(LEFT + 10.1 * SIDE, TOP - 10.2 * SIDE, LEFT + 10.2 * SIDE, TOP - 10.1 * SIDE)
    lone = sampling.over(crs.to_storage(small, by))
    assert lone
    assert lone.height == pytest.approx(1000 + (10.15 - 0.5) * SIDE * 0.1, abs=0.01)


def test_an_area_that_is_half_outside_says_so(take: Take) -> None:
    cells = plane(0, 0)
    cells[:, 20:] = -9999
    take(cells)
    box = shapely.box(LEFT + 16 * SIDE, TOP - 12 * SIDE, LEFT + 22 * SIDE, TOP - 8 * SIDE)
    found = sampling.over(crs.to_storage(box, crs.operation("EPSG:32640")))
    assert found
    assert found.covered == pytest.approx(4 / 6)
    assert found.height == pytest.approx(1000)


def test_a_large_area_is_looked_at_more_coarsely(take: Take, monkeypatch: pytest.MonkeyPatch) -> None:
    take(plane(0.1, 0.0, size=200))
    box = shapely.box(LEFT + 20 * SIDE, TOP - 180 * SIDE, LEFT + 180 * SIDE, TOP - 20 * SIDE)
    area = crs.to_storage(box, crs.operation("EPSG:32640"))
    exact = sampling.over(area)
    monkeypatch.setattr(sampling, "MOST_CELLS", 2500)
    coarse = sampling.over(area)
    assert exact
    assert coarse
    assert coarse.height == pytest.approx(exact.height, rel=0.02)
    assert coarse.slope_percent == pytest.approx(10, rel=0.05)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("es-dem25-qgis/dem25.tif", {}),
        ("za-srtm-cape/srtm_4326.tif", {"complete": True}),
        ("us-pysheds/dem.tif", {}),
    ],
)
def test_real_elevation_models(db: None, shared_data: Path, name: str, words: dict[str, Any]) -> None:
    """Their numbers come back at the middles of their cells, and slopes are of this earth."""
    path = shared_data / "10_dem" / name
    with acting_as(actor="test"):
        raster = import_elevation(path, About(**(vars(ABOUT) | words)))
    with rasterio.open(path) as given:
        cells, place, nodata = given.read(1), given.transform, given.nodata
    by = crs.operation(raster.system)
    slopes = []
    for row, column in np.random.default_rng(7).integers(2, min(cells.shape) - 2, (60, 2)):
        x, y = place @ (column + 0.5, row + 0.5)
        lon, lat = by.forward(x, y)
        found = sampling.at(float(lon), float(lat))
        if cells[row, column] == nodata:
            assert found is None
            continue
        assert found
        assert found.height == pytest.approx(float(cells[row, column]), abs=0.2)
        slopes += [found.slope] if found.slope is not None else []
    assert 0.1 < np.median(slopes) < 30
    assert max(slopes) < 70
