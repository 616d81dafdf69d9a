"""WKB from strangers. GEOS reads nested geometries by recursion: a hundred thousand levels end the process."""

import struct
from typing import Any, Final

import shapely

from gis.findings import Finding, Reason

# Levels of geometries inside geometries; honest ones have three.
DEEPEST: Final = 16
POINT, POLYGON, TRIANGLE = 1, 3, 17
LINES: Final = (2, 8)  # a line, an arc


class _Odd(Exception):
    """The bytes are not read any further, for this reason."""


def from_wkb(data: bytes) -> Any:
    """A shapely geometry, or the Finding that says why the bytes (ISO or PostGIS) are none."""
    try:
        _measure_depth(data)
        return shapely.from_wkb(data)
    except _Odd as odd:
        return Finding(Reason.UNREADABLE, {"told": str(odd)})
    except (shapely.errors.GEOSException, NotImplementedError) as error:
        return Finding(Reason.UNREADABLE, {"told": str(error).splitlines()[0][:200]})


def _measure_depth(data: bytes) -> None:
    """Walk over the headers without recursion. Where the bytes end too early GEOS says so itself."""
    at = 0
    left = [1]  # geometries still to come, at each level
    while left and at + 5 <= len(data):
        if left[-1] == 0:
            left.pop()
            continue
        left[-1] -= 1
        at, members = _step(data, at)
        if members is not None:
            left.append(members)
        if len(left) > DEEPEST:
            raise _Odd("nested too deeply")


def _step(data: bytes, at: int) -> tuple[int, int | None]:
    """Where the next geometry begins, and how many this one is made of (None for a plain one)."""
    if data[at] not in (0, 1):
        raise _Odd("the order of its bytes is not told")
    order = "<>"[data[at] == 0]
    code = _number(data, at + 1, order)
    at += 9 if code & 0x20000000 else 5
    kind, thousands = (code & 0xFFFF) % 1000, (code & 0xFFFF) // 1000
    heights = bool(code & 0x80000000) or thousands in (1, 3)
    measures = bool(code & 0x40000000) or thousands in (2, 3)
    corner = 8 * (2 + heights + measures)
    if kind == POINT:
        return at + corner, None
    if kind in LINES:
        return at + 4 + _number(data, at, order) * corner, None
    if kind not in (POLYGON, TRIANGLE):
        return at + 4, _number(data, at, order)
    rings = _number(data, at, order)
    at += 4
    while rings and at < len(data):
        at += 4 + _number(data, at, order) * corner
        rings -= 1
    return at, None


def _number(data: bytes, at: int, order: str) -> int:
    return int(struct.unpack_from(f"{order}I", data, at)[0]) if at + 4 <= len(data) else 0
