"""Lengths, areas and distances: geodesic on WGS 84, or in an authority's working system; never in degrees.

Geodesics after Karney (2013), as GeographicLib computes them in PROJ and in PostGIS alike; between two corners the
ground follows the geodesic. A working system is a plane: its areas and lengths are those of the drawing, and differ
from the ground by the scale of the projection (up to 0.1 % in a UTM zone).
"""

import math
from dataclasses import dataclass
from typing import Any, Final

import shapely
from django.contrib.gis.geos import GEOSGeometry, Polygon
from django.utils.translation import gettext_lazy as _
from pyproj import Geod

from gis import crs
from gis.refusals import Refusal

EARTH: Final = Geod(ellps="WGS84")
GEODESIC: Final = "geodesic, WGS 84"

# Shortest degree of latitude on WGS 84, in metres (at the equator): dividing by it never makes a box too small.
METRES_PER_DEGREE = 110_574.0


class NotAPlane(Refusal):
    code = "not_a_plane"
    sentence = _("%(system)s counts in degrees, in which nothing is measured. Choose a projected system.")


@dataclass(frozen=True)
class Measure:
    """A number of metres or square metres and how it came about: "geodesic, WGS 84" or the system of the plane."""

    value: float
    method: str
    operation: str = ""


def area_m2(geometry: Any) -> float:
    """Geodesic area of a shapely geometry of longitude/latitude, holes taken out; 0 for points and lines."""
    return float(abs(EARTH.geometry_area_perimeter(shapely.orient_polygons(geometry))[0]))


def length_m(geometry: Any) -> float:
    """Geodesic length of lines; of polygons the outline, holes included."""
    polygons = geometry.geom_type in ("Polygon", "MultiPolygon")
    return float(EARTH.geometry_length(geometry.boundary if polygons else geometry))


def distance_m(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Geodesic distance of two points given as longitude, latitude."""
    return float(EARTH.inv(*one, *other)[2])


def area(geometry: Any, *, system: str = "") -> Measure:
    """The area, on the ground or on the plane of a working system, with its method."""
    if not system:
        return Measure(area_m2(geometry), GEODESIC)
    plane, unit, operation = _on_plane(geometry, system)
    return Measure(float(shapely.area(plane)) * unit**2, system, operation.name)


def length(geometry: Any, *, system: str = "") -> Measure:
    """The length of lines or outlines, on the ground or on the plane of a working system, with its method."""
    if not system:
        return Measure(length_m(geometry), GEODESIC)
    plane, unit, operation = _on_plane(geometry, system)
    return Measure(float(shapely.length(plane)) * unit, system, operation.name)


def box_around(geometry: GEOSGeometry, metres: float) -> Polygon:
    """A longitude/latitude box (EPSG:4326) that surely holds everything within `metres` of the geometry."""
    west, south, east, north = geometry.extent
    dy = metres / METRES_PER_DEGREE
    widest = min(89.9, max(abs(south), abs(north)) + dy)
    dx = dy / math.cos(math.radians(widest))
    box = Polygon.from_bbox((west - dx, south - dy, east + dx, north + dy))
    box.srid = 4326
    return box


def _on_plane(geometry: Any, system: str) -> tuple[Any, float, crs.Operation]:
    if not crs.projected(system):
        raise NotAPlane(system=system)
    west, south, east, north = (float(edge) for edge in shapely.bounds(geometry))
    by = crs.operation(system, (west, south, east, north))
    return crs.from_storage(geometry, by), crs.unit_m(system), by
