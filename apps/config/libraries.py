"""Where GDAL, GEOS and their data lie: the copies inside the pyogrio and shapely wheels.

One version on every distribution, and newer than Debian's (GDAL before 3.9 cannot be kept from the network).
The packages are found, not imported: importing pyogrio takes seconds. Without the wheels the system's libraries
are searched by Django as usual.
"""

import os
from importlib.util import find_spec
from pathlib import Path


def wheel_library(package: str, pattern: str) -> str | None:
    """The shared library that `package` bundles, or None when it is not installed as a wheel."""
    folder = _folder(package)
    found = sorted((folder.parent / f"{package}.libs").glob(pattern)) if folder else []
    return str(found[0]) if found else None


def point_to_wheel_data() -> None:
    """Name the bundled data folders; must run before anything loads GDAL or PROJ."""
    folder = _folder("pyogrio")
    if folder and wheel_library("pyogrio", "libgdal*.so*"):
        os.environ.setdefault("GDAL_DATA", str(folder / "gdal_data"))
        os.environ.setdefault("PROJ_DATA", str(folder / "proj_data"))


def _folder(package: str) -> Path | None:
    spec = find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else None
