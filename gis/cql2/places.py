"""Geometries that a caller wrote: judged outside the database, brought to its system, never the column to theirs.

Positions are of `Output` (filter-crs), in its order of axes. Heights are left out. Nothing is repaired.
"""

import math
from typing import Any

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from gis import crs
from gis.areas import FARTHEST, POINTS_A_SIDE, outline_of
from gis.cql2.refusals import OutsideSystem, WrongGeometry
from gis.crs import STORAGE, STORAGE_SRID
from gis.features import Output

WEST, SOUTH, EAST, NORTH = -180.0, -90.0, 180.0, 90.0
# Of these the edges are bent with the system; of what has more, an edge is short enough to be straight.
FEW_VERTICES = 50


def geometries(tree: dict[str, Any], system: Output) -> list[BaseGeometry]:
    """The geometry in EPSG:4326; of a box over the antimeridian both halves. Raises WrongGeometry and OutsideSystem."""
    if "bbox" not in tree:
        return [_brought(_drawn(tree), system)]
    west, south, east, north = _box(tree["bbox"], system)
    if west > east and system.code == STORAGE:
        return [_checked(outline_of(west, south, EAST, north)), _checked(outline_of(WEST, south, east, north))]
    return [_brought(outline_of(min(west, east), south, max(west, east), north), system, flipped=False)]


def hexed(geometry: BaseGeometry) -> str:
    """As PostGIS reads it."""
    written: str = shapely.to_wkb(shapely.set_srid(geometry, STORAGE_SRID), hex=True, include_srid=True)
    return written


def _box(numbers: Any, system: Output) -> tuple[float, float, float, float]:
    """West, south, east and north, whatever the order of axes."""
    if not isinstance(numbers, list) or len(numbers) not in (4, 6) or not all(map(_is_number, numbers)):
        raise WrongGeometry(why="BBOX(west, south, east, north)")
    half = len(numbers) // 2
    first, last = numbers[:2], numbers[half : half + 2]
    if system.flipped:
        first, last = first[::-1], last[::-1]
    if first[1] > last[1]:
        raise WrongGeometry(why="BBOX(west, south, east, north)")
    return first[0], first[1], last[0], last[1]


def _drawn(tree: dict[str, Any]) -> BaseGeometry:
    if not _positions(tree):
        raise WrongGeometry(why=str(tree.get("type"))[:40])
    try:
        found = shapely.force_2d(shape(tree))
    except (ValueError, TypeError, AttributeError, IndexError, KeyError, shapely.GEOSException) as error:
        raise WrongGeometry(why=str(error)[:80]) from error
    if found.is_empty:
        raise WrongGeometry(why="EMPTY")
    return found


def _positions(tree: Any) -> bool:
    """Are all positions two or three finite numbers?"""
    if isinstance(tree, dict):
        return _positions(tree.get("coordinates", tree.get("geometries")))
    if not isinstance(tree, list) or not tree:
        return False
    if _is_number(tree[0]):
        return len(tree) in (2, 3) and all(map(_is_number, tree))
    return all(map(_positions, tree))


def _is_number(value: Any) -> bool:
    return type(value) in (float, int) and math.isfinite(value)


def _brought(geometry: BaseGeometry, system: Output, flipped: bool | None = None) -> BaseGeometry:
    """In EPSG:4326, longitude first."""
    if system.flipped if flipped is None else flipped:
        geometry = shapely.transform(geometry, lambda x, y: (y, x), interleaved=False)
    if system.code == STORAGE:
        return _checked(geometry)
    if not max(map(abs, geometry.bounds)) <= FARTHEST:
        raise OutsideSystem(system=system.code)
    _judged(geometry)
    if shapely.get_num_coordinates(geometry) <= FEW_VERTICES and geometry.length:
        longest = max(geometry.bounds[2] - geometry.bounds[0], geometry.bounds[3] - geometry.bounds[1])
        geometry = shapely.segmentize(geometry, longest / POINTS_A_SIDE)
    return _checked(crs.to_storage(geometry, crs.operation(system.code)), system.code)


def _checked(geometry: BaseGeometry, system: str = "CRS84") -> BaseGeometry:
    west, south, east, north = geometry.bounds
    if not (west >= WEST and south >= SOUTH and east <= EAST and north <= NORTH):  # NaN is none of it
        raise OutsideSystem(system=system)
    return _judged(geometry)


def _judged(geometry: BaseGeometry) -> BaseGeometry:
    if not geometry.is_valid:
        raise WrongGeometry(why=shapely.is_valid_reason(geometry)[:80])
    return geometry
