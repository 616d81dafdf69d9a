"""Where a question is asked: boxes as the callers give them, ready for a spatial index over EPSG:4326."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import shapely
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from psycopg import sql
from shapely.geometry.base import BaseGeometry

from gis import crs
from gis.refusals import Refusal

# Points along each side of a box of another system: straight there, it is bent in degrees.
POINTS_A_SIDE = 20
SHORT = 1e-3  # of its unit: straight wherever it lies
# No system of the earth has greater numbers, in metres or feet; GEOS gives up on much greater ones.
FARTHEST = 1e9
WORLD = (-180.0, -90.0, 180.0, 90.0)


class BoxOutside(Refusal):
    code: ClassVar[str] = "box_outside"
    status: ClassVar[int] = 400
    parameter: ClassVar[str] = "bbox"
    sentence: ClassVar[str | Promise] = _(
        "The box lies where the coordinate system %(system)s is not defined. Check the order and unit of the numbers."
    )


@dataclass(frozen=True)
class Area:
    """A box in degrees (west, south, east, north), with the outline in it where the area is not the whole box."""

    box: tuple[float, float, float, float]
    outline: str = ""

    def covers(self, column: sql.Composable, value: Callable[[Any], sql.Composable] = sql.Literal) -> sql.Composed:
        """SQL: the geometry shares a point with the area. `&&` reaches the index, `@` spares the exact test.

        `value` says how the area stands in the statement: in its text, or as a parameter (`gis.values`). It is one
        geometry: an envelope made of four parameters would be made anew for each row.
        """
        area = sql.SQL("{}::geometry").format(value(self.outline or _written(outline_of(*self.box))))
        exact = "ST_Intersects({0}, {1})" if self.outline else "({0} @ {1} OR ST_Intersects({0}, {1}))"
        return sql.SQL("({0} && {1} AND " + exact + ")").format(column, area)


def outline_of(west: float, south: float, east: float, north: float) -> BaseGeometry:
    """A box without width or height is a line or a point: as a polygon it would be invalid and meet nothing."""
    if west == east and south == north:
        return shapely.Point(west, south)
    if west == east or south == north:
        return shapely.LineString([(west, south), (east, north)])
    return shapely.box(west, south, east, north)


def _written(shape: Any) -> str:
    """The geometry as hexadecimal EWKB."""
    return str(shapely.to_wkb(shapely.set_srid(shape, crs.STORAGE_SRID), hex=True, include_srid=True))


def in_degrees(west: float, south: float, east: float, north: float) -> tuple[Area, ...]:
    """A box of longitude and latitude; west above east means that it crosses the antimeridian. Raises BoxOutside.

    What reaches over an edge of the world ends there; what touches it nowhere has other numbers than degrees.
    """
    if not (west <= WORLD[2] and east >= WORLD[0] and south <= WORLD[3] and north >= WORLD[1]):
        raise BoxOutside(system=f"EPSG:{crs.STORAGE_SRID}")
    west, east = max(west, WORLD[0]), min(east, WORLD[2])
    south, north = max(south, WORLD[1]), min(north, WORLD[3])
    if west <= east:
        return (Area((west, south, east, north)),)
    return (Area((west, south, WORLD[2], north)), Area((WORLD[0], south, east, north)))


def in_system(code: str, x1: float, y1: float, x2: float, y2: float) -> tuple[Area, ...]:
    """A box of another coordinate system, its first axis to the east. Raises BoxOutside."""
    if not all(abs(number) <= FARTHEST for number in (x1, y1, x2, y2)):
        raise BoxOutside(system=code)
    west, east = min(x1, x2), max(x1, x2)
    shape, longest = outline_of(west, y1, east, y2), max(east - west, y2 - y1)
    bent = shapely.segmentize(shape, longest / POINTS_A_SIDE) if longest > SHORT else shape
    outline = crs.to_storage(bent, crs.operation(code))
    if min(east - west, y2 - y1) < SHORT and not outline.is_valid:  # thinner than degrees can tell: a line
        outline = crs.to_storage(shapely.LineString([(west, y1), (east, y2)]), crs.operation(code))
    if not all(map(math.isfinite, outline.bounds)) or not outline.is_valid:
        raise BoxOutside(system=code)
    return (Area(outline.bounds, _written(outline)),)
