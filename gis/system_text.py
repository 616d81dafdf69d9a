"""Reads a coordinate system that somebody else wrote: a code, a name, a WKT, PROJJSON or PROJ text.

PROJ opens the files that a text names (grids, `+init`) with the rights of the process: a pipe would hold it for ever.
So a text that names a file is no coordinate system here; grids are chosen by `gis.crs` alone, from PROJ's own folder.
"""

import re

from pyproj import CRS
from pyproj.exceptions import CRSError, ProjError

LONGEST = 100_000  # characters; the WKT of a compound system with its areas has some 5,000
LONGEST_NAME = 200
# What GDAL writes for web maps: no grid, said as one.
NO_GRID = re.compile(r"\+?nadgrids=@null(?=\s|\"|$)", re.IGNORECASE)
NAMES_A_FILE = re.compile(r"\binit\s*=|grids\s*=|\bmodel\s*=|file|\bcatalog\s*=", re.IGNORECASE)
# As old programs write a code.
OLD_CODE = re.compile(r"\s*\+?init=epsg:(\d+)\s*(\+?no_defs)?\s*", re.IGNORECASE)
# Everything else that a `+proj` text may say. A parameter that is not here is refused, whatever PROJ would do with it.
PARAMETERS = frozenset({
    "proj", "type", "no_defs", "wktext", "over", "units", "to_meter", "vunits", "vto_meter", "axis", "pm", "datum",
    "ellps", "a", "b", "rf", "f", "R", "towgs84", "geoc", "lat_0", "lat_1", "lat_2", "lat_ts", "lat_b", "lon_0",
    "lon_1", "lon_2", "lonc", "lon_wrap", "k", "k_0", "x_0", "y_0", "h", "zone", "south", "approx", "alpha", "gamma",
    "no_uoff", "no_off", "no_rot", "o_proj", "o_lat_p", "o_lon_p", "sweep", "tilt", "azi", "czech", "R_A",
})  # fmt: skip
PARAMETER = re.compile(r"(?<!\S)\+?([A-Za-z]\w*)(?:\s*=\s*[^\s=]*)?")
WRITTEN_OUT = re.compile(r'\s*(\{|[A-Z_]+\s*[\[(]\s*")')  # PROJJSON, WKT


class NotASystem(ValueError):
    """The text is no coordinate system, or not one that is read here."""


def parse(text: str) -> CRS:
    """Raises NotASystem, and opens no file but PROJ's own database."""
    if old := OLD_CODE.fullmatch(text):
        text = f"EPSG:{old[1]}"
    if len(text) > LONGEST or "\0" in text or _names_a_file(text):
        raise NotASystem(text[:LONGEST_NAME])
    try:
        system = CRS.from_user_input(text)
    except (CRSError, ProjError, UnicodeError) as error:
        raise NotASystem(text[:LONGEST_NAME]) from error
    return system


def _names_a_file(text: str) -> bool:
    plain = NO_GRID.sub(" ", text)
    if NAMES_A_FILE.search(plain):
        return True
    if WRITTEN_OUT.match(plain):
        return False
    if len(plain) > LONGEST_NAME * 10:
        return True
    if "=" not in plain:
        return False
    return any(name not in PARAMETERS for name in PARAMETER.findall(plain))
