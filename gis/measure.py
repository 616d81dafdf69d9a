"""Lengths, areas and distances: geodesic on WGS 84, or in an authority's working system; never in degrees."""

import math

from django.contrib.gis.geos import GEOSGeometry, Polygon

# Shortest degree of latitude on WGS 84, in metres (at the equator): dividing by it never makes a box too small.
METRES_PER_DEGREE = 110_574.0


def box_around(geometry: GEOSGeometry, metres: float) -> Polygon:
    """A longitude/latitude box (EPSG:4326) that surely holds everything within `metres` of the geometry."""
    west, south, east, north = geometry.extent
    dy = metres / METRES_PER_DEGREE
    widest = min(89.9, max(abs(south), abs(north)) + dy)
    dx = dy / math.cos(math.radians(widest))
    box = Polygon.from_bbox((west - dx, south - dy, east + dx, north + dy))
    box.srid = 4326
    return box
