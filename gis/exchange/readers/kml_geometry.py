"""The geometry of a placemark: longitude, latitude and perhaps height, all on WGS 84."""

import re
from xml.etree.ElementTree import Element

import numpy as np
import shapely

SPACES = re.compile(r"\s*,\s*")


class BadGeometry(Exception):
    """What is wrong with it."""


def local(element: Element) -> str:
    """The element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def geometry_of(element: Element) -> shapely.Geometry:
    """Raises BadGeometry."""
    kind = local(element)
    try:
        if kind == "MultiGeometry":
            return _several(element)
        if kind == "Polygon":
            return _polygon(element)
        if kind not in ("Point", "LineString", "LinearRing"):
            raise BadGeometry(f"{kind} is no geometry of a map")
        places = _places(element)
        if kind == "Point":
            if len(places) != 1:
                raise BadGeometry("a point has one position")
            return shapely.Point(places[0])
        return shapely.LineString(places)
    except (ValueError, shapely.GEOSException) as error:
        raise BadGeometry(str(error)[:120]) from error


def _several(element: Element) -> shapely.Geometry:
    parts = [geometry_of(child) for child in element if _is_geometry(child)]
    kinds = {part.geom_type for part in parts}
    whole = {"Point": shapely.MultiPoint, "LineString": shapely.MultiLineString, "Polygon": shapely.MultiPolygon}
    if len(kinds) == 1 and (make := whole.get(next(iter(kinds)))):
        return make(parts)
    return shapely.GeometryCollection(parts)


def _is_geometry(element: Element) -> bool:
    return local(element) in ("Point", "LineString", "LinearRing", "Polygon", "MultiGeometry", "Model", "Track")


def _polygon(element: Element) -> shapely.Geometry:
    outside = [_ring(child) for child in element if local(child) == "outerBoundaryIs"]
    if len(outside) != 1:
        raise BadGeometry("a polygon has one outline")
    holes = [_ring(child) for child in element if local(child) == "innerBoundaryIs"]
    return shapely.Polygon(outside[0], holes)


def _ring(boundary: Element) -> np.ndarray:
    rings = [child for child in boundary if local(child) == "LinearRing"]
    if len(rings) != 1:
        raise BadGeometry("a boundary has one ring")
    places = _places(rings[0])
    if len(places) < 4 or (places[0] != places[-1]).any():
        raise BadGeometry("an outline ends where it began and has at least four positions")
    return places


def _places(element: Element) -> np.ndarray:
    """The positions of the one <coordinates>; heights stay where any is not zero."""
    texts = [child.text or "" for child in element if local(child) == "coordinates"]
    if len(texts) != 1:
        raise BadGeometry("coordinates are missing")
    positions = [text.split(",") for text in SPACES.sub(",", texts[0]).split()]
    widths = {len(position) for position in positions}
    if not positions or not widths <= {2, 3}:
        raise BadGeometry("a position is longitude, latitude and perhaps height")
    if widths == {2, 3}:
        positions = [position[:2] for position in positions]
    try:
        places = np.array(positions, dtype=np.float64)
    except ValueError as error:
        raise BadGeometry("a coordinate is no number") from error
    if places.shape[1] == 3 and not places[:, 2].any():
        places = places[:, :2]
    return places
