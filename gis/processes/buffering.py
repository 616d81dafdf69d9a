"""`buffer`: everything within a distance of a geometry, in metres of the ground or of a working system."""

import json
from typing import Any, ClassVar

import numpy as np
import shapely
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis import crs, measure
from gis.features import DEGREE_DIGITS
from gis.measure import GEODESIC
from gis.refusals import Refusal

from .kinds import Choice, Number, working_systems
from .registry import Input, Output, Process, Question, Work
from .shapes import Shape

# Chords of a quarter of a circle: the outline lies at most 0.03 % of the distance inside the true one.
CHORDS = 32
LEAST_M, MOST_M = 0.1, 100_000.0
# GEOS cannot be interrupted, so corners are bounded before, and pairs of edges whose boxes meet.
MOST_POINTS, MOST_MEETINGS = 1_000, 5_000
# Up to here from the middle, a plane that is true in distance from it is wrong by less than 0.02 % elsewhere.
REACH_M = 200_000.0
NORTHMOST = 85.0


class TooFarApart(Refusal):
    code: ClassVar[str] = "too_far_apart"
    status: ClassVar[int] = 400
    sentence: ClassVar[str | Promise] = _(
        "The geometry with its distance reaches farther than %(most)s m from its middle, to a pole or over the "
        "antimeridian, where metres on the ground cannot be drawn truly. Ask for its parts one by one."
    )


class TooTangled(Refusal):
    code: ClassVar[str] = "too_tangled"
    status: ClassVar[int] = 400
    sentence: ClassVar[str | Promise] = _(
        "The lines of the geometry cross each other too often to draw around them. Ask for its parts one by one."
    )


def work(question: Question) -> Work:
    place, metres, system = question["geometry"], question["distance"], question["system"]
    yield 10, _("Drawing the outline"), {}
    if "Point" not in place.geom_type and _meetings(place) > MOST_MEETINGS:
        raise TooTangled
    by = crs.operation(system, _bounds(place)) if system else _plane(place, metres)
    unit = crs.unit_m(system) if system else 1.0
    plane = _around(crs.from_storage(place, by), metres / unit)
    drawn = shapely.transform(crs.to_storage(plane, by), lambda points: np.round(points, DEGREE_DIGITS))
    if not _on_earth(drawn):
        raise TooFarApart(most=f"{REACH_M:,.0f}")
    yield 90, _("Measuring"), {}
    about = {"distance_m": metres, "method": system or GEODESIC, "area_m2": round(measure.area_m2(drawn), 1)}
    outline = json.loads(shapely.to_geojson(shapely.orient_polygons(drawn)))
    return {"type": "Feature", "geometry": outline, "properties": about}


def _around(plane: Any, units: float) -> Any:
    """The geometry and all within the distance, drawn edge by edge.

    Drawn as a whole, 1,000 points whose circles all meet take GEOS two minutes, so a fifth of a second (measured).
    """
    drawn = shapely.buffer(_edges(plane), units, quad_segs=CHORDS)
    areas = [part for part in shapely.get_parts(plane) if part.geom_type == "Polygon"]
    return shapely.union_all([*drawn, *areas])


def _edges(place: Any) -> Any:
    """The edges of a geometry, or its points, as an array."""
    found = []
    for part in shapely.get_parts(place):
        if part.geom_type == "Point":
            found.append(np.array([part]))
        for ring in shapely.get_rings(part) if part.geom_type == "Polygon" else [part]:
            corners = shapely.get_coordinates(ring)
            found.append(shapely.linestrings(np.stack([corners[:-1], corners[1:]], axis=1)))
    return np.concatenate(found)


def _meetings(place: Any) -> int:
    """How many pairs of edges have boxes that meet."""
    edges = _edges(place)
    one, other = shapely.STRtree(edges).query(edges)
    return int((other - one > 1).sum())


def _plane(place: Any, metres: float) -> crs.Operation:
    """The plane around the middle of the geometry. Raises TooFarApart."""
    west, south, east, north = _bounds(place)
    middle = ((west + east) / 2, (south + north) / 2)
    corners = [(x, y) for x in (west, east) for y in (south, north)]
    if max(measure.distance_m(middle, corner) for corner in corners) + metres > REACH_M or abs(middle[1]) > NORTHMOST:
        raise TooFarApart(most=f"{REACH_M:,.0f}")
    return crs.around(*middle)


def _bounds(place: Any) -> crs.Bounds:
    west, south, east, north = (float(edge) for edge in shapely.bounds(place))
    return west, south, east, north


def _on_earth(drawn: Any) -> bool:
    """Is it whole? What passes the antimeridian comes out on its other side, wider than anything we draw."""
    west, south, east, north = _bounds(drawn)
    finite = bool(np.isfinite([west, south, east, north]).all())
    return finite and east - west < 90 and south > -90 and north < 90 and bool(drawn.is_valid)


PROCESS = Process(
    id="buffer",
    title=_("Everything within a distance"),
    description=_(
        "The area within a distance of a point, a line or an area: in metres on the ground, or in the plane of a "
        "working system."
    ),
    inputs=(
        Input("geometry", _("Geometry"), Shape(most_points=MOST_POINTS), required=True),
        Input("distance", _("Distance in metres"), Number(LEAST_M, MOST_M), required=True),
        Input(
            "system",
            _("Working system"),
            Choice(working_systems),
            _("Measure in the plane of this system; without it, on the ground"),
        ),
    ),
    output=Output("area", _("The area"), "Feature"),
    work=work,
    keywords=("buffer", "distance"),
)
