"""The process that opens a stranger's raster: `python -m gis.rasters.child REQUEST VERDICT_FD`.

It judges the file, writes it anew as a cloud-optimised GeoTIFF and says one line of JSON: what it is, or why it is
refused. No verdict means that it was ended. It has no network, little memory and one driver.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from gis.exchange import confine

os.environ.update(confine.ENVIRONMENT)
# No file beside the given one is read, and none is fetched.
os.environ.update(GDAL_DISABLE_READDIR_ON_OPEN="EMPTY_DIR", GDAL_CACHEMAX="64", GDAL_NUM_THREADS="1")
confine.leave_network()
confine.die_with_parent()
confine.limit_files()
ASKED: dict[str, Any] = json.loads(sys.argv[1])
# Before any library is loaded: it may start threads, which would keep their freedom.
confine.see_only([Path(ASKED["path"])], Path(ASKED["target"]).parent)

import numpy as np  # noqa: E402
import rasterio  # noqa: E402
import rasterio.shutil  # noqa: E402
from rasterio.errors import RasterioError  # noqa: E402

MOST_CELLS = 400_000_000
# Metres: below the shore of the Dead Sea nothing is dry, above the highest mountain nothing stands.
LOWEST, HIGHEST = -500.0, 9_000.0
METRES = ("", "m", "meter", "meters", "metre", "metres")


class Refused(Exception):
    """The file cannot be taken, for the reason of this code."""


def judge(given: Any, request: dict[str, Any]) -> dict[str, Any]:
    """What the catalogue says of the raster. Raises Refused."""
    if given.count != 1 or np.dtype(given.dtypes[0]).kind not in "iuf":
        raise Refused("bands")
    if (given.scales, given.offsets) != ((1.0,), (0.0,)):
        raise Refused("scaled")
    if (given.units[0] or "").strip().casefold() not in METRES:
        raise Refused("unit")
    if given.width * given.height > MOST_CELLS or min(given.width, given.height) < 3:
        raise Refused("size")
    across = given.transform
    if across.is_identity or across.a <= 0 or across.e >= 0:
        raise Refused("not_placed")
    if across.b or across.d:
        raise Refused("turned")
    system = request["crs"] or (given.crs.to_wkt() if given.crs else "")
    if not system:
        raise Refused("no_system")
    nodata = given.nodata if request["nodata"] is None else request["nodata"]
    if nodata is None and not request["complete"]:
        raise Refused("no_nodata")
    lowest, highest = span(given, nodata)
    if not LOWEST <= lowest <= highest <= HIGHEST:
        raise Refused("range")
    placed = {"system": system, "bounds": list(given.bounds), "cell": [across.a, -across.e]}
    return placed | {"nodata": nodata, "lowest": lowest, "highest": highest}


def span(given: Any, nodata: float | None) -> tuple[float, float]:
    """The lowest and highest value that is one, read block by block. Raises Refused where there is none."""
    lowest, highest = np.inf, -np.inf
    for _index, window in given.block_windows(1):
        values = given.read(1, window=window)
        values = values[np.isfinite(values) & (values != nodata)] if nodata is not None else values[np.isfinite(values)]
        if values.size:
            lowest, highest = min(lowest, float(values.min())), max(highest, float(values.max()))
    if lowest > highest:
        raise Refused("empty")
    return lowest, highest


def write(given: Any, request: dict[str, Any], nodata: float | None) -> None:
    """The same numbers in tiles with overviews, the coarse ones first: any part is read without the rest.

    What was said beside the file is written into it, on a copy: the form allows no change afterwards.
    """
    predictor = "FLOATING_POINT" if np.dtype(given.dtypes[0]).kind == "f" else "STANDARD"
    words = {"COMPRESS": "DEFLATE", "PREDICTOR": predictor, "BLOCKSIZE": "256", "RESAMPLING": "AVERAGE"}
    if given.nodata == nodata and not request["crs"]:
        rasterio.shutil.copy(given, request["target"], driver="COG", OVERVIEWS="IGNORE_EXISTING", **words)
        return
    copy = f"{request['target']}.copy"
    rasterio.shutil.copy(given, copy, driver="GTiff")
    with rasterio.open(copy, "r+", driver="GTiff") as changed:
        changed.nodata = nodata
        if request["crs"]:
            changed.crs = request["crs"]
    rasterio.shutil.copy(copy, request["target"], driver="COG", OVERVIEWS="IGNORE_EXISTING", **words)


def main(request: dict[str, Any], verdict: int) -> None:
    size = Path(request["path"]).stat().st_size
    confine.limit_memory(for_good=True)
    confine.limit_time(size * 20, for_good=True)  # packed numbers are read, averaged and packed again
    try:
        with rasterio.open(request["path"], driver="GTiff") as given:
            answer = judge(given, request)
            write(given, request, answer["nodata"])
            answer["sum"] = given.checksum(1)
    except Refused as refused:
        answer = {"refused": str(refused)}
    except (RasterioError, OSError, ValueError):
        answer = {"refused": "unreadable"}
    except MemoryError:
        answer = {"refused": "size"}
    os.write(verdict, json.dumps(answer).encode() + b"\n")
    os._exit(0)


if __name__ == "__main__":
    main(ASKED, int(sys.argv[2]))
