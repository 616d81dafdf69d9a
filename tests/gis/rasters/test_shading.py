"""Hillshade of made ground, whose light is known, and of a real mountain beside gdaldem's."""

import io
import math
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from PIL import Image
from rasterio.transform import from_origin

from gis import crs, mercator
from gis.rasters import sampling, shading
from gis.rasters.importing import folder

from .test_sampling import LEFT, SIDE, TOP, Take, kept, plane, take

__all__ = ["kept", "take"]  # fixtures
LEVEL = 14


def address(x: float, y: float, z: int = LEVEL) -> mercator.Address:
    """The tile that holds a place of EPSG:32640."""
    lon, lat = crs.operation("EPSG:32640").forward(x, y)
    down = (1 - math.asinh(math.tan(math.radians(float(lat)))) / math.pi) / 2
    return z, int((float(lon) + 180) / 360 * 2**z), int(down * 2**z)


def middle() -> mercator.Address:
    return address(LEFT + 75 * SIDE, TOP - 75 * SIDE)


def drawn(at: mercator.Address) -> tuple[Any, Any]:
    """Grey and opacity of the tile's pixels."""
    grey, opacity = np.moveaxis(np.asarray(Image.open(io.BytesIO(shading.tile(at, shading.beneath(at))))), 2, 0)
    return grey, opacity


def opaque(bright: float) -> float:
    """The opacity of ground with this brightness, against that of level ground in the same light."""
    level = math.sin(math.radians(45))
    return shading.STRONGEST * abs(bright - level) / (1 - level if bright > level else level)


@pytest.mark.parametrize(("rise", "climb", "grey"), [(0.1, -0.1, 255), (-0.1, 0.1, 0)])
def test_a_slope_towards_the_light_is_bright_and_one_away_from_it_dark(
    take: Take, rise: float, climb: float, grey: int
) -> None:
    take(plane(rise, climb, 150))
    greys, opacity = drawn(middle())
    steep = math.atan(math.hypot(rise, climb))
    bright = math.sin(math.radians(45) + math.copysign(steep, grey - 1))
    assert greys[128, 128] == grey
    assert opacity[128, 128] == pytest.approx(opaque(bright), abs=shading.STEPS / 2 + 1)


def test_level_ground_and_no_ground_show_nothing(take: Take) -> None:
    cells = plane(0, 0, 150)
    cells[:, 90:] = -9999
    take(cells)
    assert not drawn(middle())[1].any()
    assert not drawn(address(LEFT - 50_000, TOP))[1].any()


def test_the_finer_model_lies_over_the_coarser_one(take: Take) -> None:
    coarse = from_origin(LEFT - 3000, TOP + 3000, 100, 100)
    take(plane(-0.1, 0.1, 120), coarse)
    assert drawn(middle())[1][128, 128] > 0
    take(plane(0, 0, 150))
    assert drawn(middle())[1][128, 128] == 0


def test_a_model_whose_file_is_gone_is_told_and_left_out(take: Take, caplog: pytest.LogCaptureFixture) -> None:
    raster = take(plane(0.1, 0.1, 150))
    (folder() / raster.file).unlink()
    assert not drawn(middle())[1].any()
    assert "Import it again" in caplog.text


def test_neighbours_meet_without_a_seam(take: Take) -> None:
    """The last column of a tile goes on in the first of the next: hills on both, and no jump between them."""
    rows, columns = np.mgrid[0:400, 0:400]
    take((500 + 80 * np.sin(columns / 9) * np.cos(rows / 11)).astype("float32"))
    z, x, y = address(LEFT + 150 * SIDE, TOP - 150 * SIDE)
    left, right = (grey / 255 * 2 * opacity - opacity for grey, opacity in (drawn((z, x, y)), drawn((z, x + 1, y))))
    inside = np.abs(np.diff(left[:, -20:].astype(float), axis=1)).max()
    assert np.abs(right[:, 0].astype(float) - left[:, -1]).max() <= inside + shading.STEPS


@pytest.fixture
def mountain(db: None, shared_data: Path) -> Any:
    from gis.db.acting import acting_as
    from gis.rasters.importing import About, import_elevation

    from .test_sampling import ABOUT

    about = About(ABOUT.title_ar, ABOUT.title_en, ABOUT.source, ABOUT.licence, ABOUT.day, complete=True)
    with acting_as(actor="test"):
        return import_elevation(shared_data / "10_dem/es-dem25-qgis/dem25.tif", about)


def by_gdaldem(raster: Any, kind: str, tmp_path: Path, *words: str) -> Any:
    made = tmp_path / f"{kind}.tif"
    given = str(folder() / raster.file)
    subprocess.run(["gdaldem", kind, given, str(made), *words], check=True, capture_output=True)
    with rasterio.open(made) as answer:
        return answer.read(1, masked=True), answer


def test_slopes_are_those_of_gdaldem(mountain: Any, tmp_path: Path) -> None:
    """Of cells in metres on a conformal grid; ours are on the ground, so the grid's scale is between them."""
    slopes, made = by_gdaldem(mountain, "slope", tmp_path)
    back = crs.operation(mountain.system)
    compared = 0
    for row in range(20, made.height - 20, 37):
        for column in range(20, made.width - 20, 41):
            lon, lat = back.forward(*made.transform @ (column + 0.5, row + 0.5))
            found = sampling.sample(mountain, float(lon), float(lat))
            if found is None or found.slope is None or slopes.mask[row, column]:
                continue
            assert found.slope == pytest.approx(float(slopes[row, column]), rel=0.002, abs=0.01)
            compared += 1
    assert compared > 100


def test_the_light_is_that_of_gdaldem(mountain: Any, tmp_path: Path) -> None:
    """gdaldem shades the tile's own heights, with the ground's size of a pixel; bright as 1 + 254 of the light."""
    x, y = mountain.geom.centroid.coords
    down = (1 - math.asinh(math.tan(math.radians(y))) / math.pi) / 2
    at = (LEVEL, int((x + 180) / 360 * 2**LEVEL), int(down * 2**LEVEL))
    heights = shading._warped(mountain, at)
    west, south, east, north = mercator.mercator_box(*at)
    pixel = (east - west) / shading.PIXELS
    ground = pixel / math.cosh((north + south) / 2 / mercator.RADIUS)
    given = tmp_path / "tile.tif"
    form = {"height": heights.shape[0], "width": heights.shape[1], "count": 1, "dtype": "float32"}
    with rasterio.open(given, "w", driver="GTiff", transform=from_origin(0, 0, ground, ground), **form) as out:
        out.write(heights.astype("float32"), 1)
    made = tmp_path / "shade.tif"
    subprocess.run(["gdaldem", "hillshade", str(given), str(made), "-az", "315", "-alt", "45"], check=True)
    with rasterio.open(made) as answer:
        theirs = (answer.read(1)[1:-1, 1:-1].astype(float) - 1) / 254
    level = math.sin(math.radians(45))
    ours = shading._light(heights, at)
    light = np.where(ours > 0, ours * (1 - level), ours * level) + level
    assert np.abs(light - theirs).max() < 0.006  # a step of their grey is 0.004
    assert theirs.std() > 0.05
