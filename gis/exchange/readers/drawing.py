"""Entities of a drawing as geometry and as texts with a place."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import numpy as np
import shapely

from gis.exchange.limits import LIMITS

from .drawing_place import Placing
from .letters import shown

# An arc becomes chords that leave it by at most this, in metres: finer than any survey of a plot.
CHORD_M = 0.01
CURVES = {"LWPOLYLINE", "POLYLINE", "LINE", "CIRCLE", "ARC", "ELLIPSE", "SPLINE"}
POINTS: dict[str, Callable[[Any], Any]] = {"POINT": lambda one: one.dxf.location, "INSERT": lambda one: one.dxf.insert}
KINDS = CURVES | POINTS.keys()
TEXTS: dict[str, Callable[[Any], str]] = {
    "TEXT": lambda one: str(one.plain_text()),
    "ATTDEF": lambda _one: "",
    "MTEXT": lambda one: str(one.plain_text()).replace("\n", " "),
}
# Coordinates nearer than this are one place: what is left of rounding.
SAME_M = 0.001


class OpenOutline(Exception):
    """A line among outlines whose ends do not meet. `gap` is in metres."""

    def __init__(self, gap: float) -> None:
        self.gap = gap
        super().__init__(gap)


def shape_of(entity: Any, placed: Placing, *, outlines: bool) -> shapely.Geometry:
    """Where there are `outlines` on the layer, a line of three corners or more is one that was not closed.

    Raises OpenOutline, ValueError and what ezdxf raises.
    """
    kind = entity.dxftype()
    if kind in POINTS:
        return shapely.Point(placed.apply(np.array([tuple(POINTS[kind](entity))[:2]]))[0])
    places = placed.apply(_corners(entity, CHORD_M / placed.unit))
    if len(places) > LIMITS.points + 1:
        raise ValueError("too many corners")
    gap = float(np.hypot(*(places[0] - places[-1])))
    is_line = kind in ("LWPOLYLINE", "POLYLINE") and not entity.is_closed
    if len(places) > 3 and (gap <= SAME_M or _says_closed(entity)):
        places[-1] = places[0]
        return shapely.Polygon(places)
    if outlines and is_line and len(places) >= 3:
        raise OpenOutline(gap)
    return shapely.LineString(places)


def layer_of(entity: Any) -> str:
    """The name of its CAD layer, as people may choose it and a database keeps it: no zero, no half of a letter."""
    return shown(str(entity.dxf.layer), kinds=("Cc", "Cs"))


def text_of(entity: Any) -> Iterator[tuple[str, tuple[float, float], str]]:
    """Layer, place and words of a text, or of the attributes of a symbol."""
    for attribute in getattr(entity, "attribs", ()):
        yield layer_of(attribute), _place(attribute), str(attribute.dxf.text).strip()
    kind = entity.dxftype()
    if kind in TEXTS and (words := TEXTS[kind](entity).strip()):
        yield layer_of(entity), _place(entity), words


def _place(entity: Any) -> tuple[float, float]:
    """Where a text is anchored: its second point where it is centred or aligned."""
    aligned = entity.dxftype() != "MTEXT" and (entity.dxf.get("halign", 0) or entity.dxf.get("valign", 0))
    place = entity.dxf.align_point if aligned and entity.dxf.hasattr("align_point") else entity.dxf.insert
    return float(place[0]), float(place[1])


def _corners(entity: Any, distance: float) -> np.ndarray:
    found = islice(_way(entity, distance), LIMITS.points + 2)
    corners = [(float(corner[0]), float(corner[1])) for corner in found]
    if len(corners) < 2:
        raise ValueError("too few corners")
    places = np.array(corners, dtype=np.float64)
    if not np.isfinite(places).all():
        raise ValueError("a coordinate is no number")
    return places


def _way(entity: Any, distance: float) -> Iterator[Any]:
    """Its corners in the drawing's coordinates. The arcs of ezdxf's own paths leave the circle by r / 3700."""
    kind = entity.dxftype()
    if kind == "LINE":
        yield from (entity.dxf.start, entity.dxf.end)
    elif kind in ("LWPOLYLINE", "POLYLINE"):
        yield from _along(entity, distance)
    else:
        yield from entity.flattening(distance)


def _along(entity: Any, distance: float) -> Iterator[Any]:
    """Corner by corner, each arc in the direction in which the line goes."""
    if entity.dxftype() == "POLYLINE" and not (entity.is_2d_polyline or entity.is_3d_polyline):
        raise ValueError("a mesh is no outline")
    corners = entity.vertices_in_wcs() if entity.dxftype() == "LWPOLYLINE" else entity.points_in_wcs()
    last = next(iter(corners), None)
    if last is None:
        return
    yield last
    for part in entity.virtual_entities():
        way = (
            [part.dxf.start, part.dxf.end]
            if part.dxftype() == "LINE"
            else [*islice(part.flattening(distance), LIMITS.points)]
        )
        if last.distance(way[0]) > last.distance(way[-1]):
            way.reverse()
        yield from way[1:]
        last = way[-1]


def _says_closed(entity: Any) -> bool:
    return entity.dxftype() == "CIRCLE" or bool(getattr(entity, "is_closed", False))
