"""Is this a geometry that we store? Pure functions over shapely geometries, one or a million at a time.

The order of the questions matters: whether anything is there, how large it is, whether its numbers are numbers, and
only then what GEOS thinks of it, because GEOS cannot be interrupted. What may be repaired goes through `gis.repair`.
"""

import re
from typing import Any, Final

import numpy as np
import shapely
from django.contrib.gis.geos import GEOSGeometry
from numpy.typing import NDArray

from gis.findings import Finding, Note, Reason

# Corners of one geometry; the gate of the stored ones (gis_sound) has the same.
MOST_POINTS: Final = 10_000

Geometries = NDArray[Any]


# Which kinds a layer's geometry type takes: single ones become multi.
TAKES: Final = {
    "POINT": {"Point"},
    "LINESTRING": {"LineString"},
    "POLYGON": {"Polygon"},
    "MULTIPOINT": {"Point", "MultiPoint"},
    "MULTILINESTRING": {"LineString", "MultiLineString"},
    "MULTIPOLYGON": {"Polygon", "MultiPolygon"},
}
MULTI: Final = {"Point": shapely.MultiPoint, "LineString": shapely.MultiLineString, "Polygon": shapely.MultiPolygon}


def from_geos(geometry: GEOSGeometry) -> Any:
    """The shapely twin of a GeoDjango geometry."""
    return shapely.from_wkb(bytes(geometry.wkb))


def to_geos(geometry: Any, srid: int = 4326) -> GEOSGeometry:
    """The GeoDjango twin of a shapely geometry."""
    return GEOSGeometry(memoryview(shapely.to_wkb(geometry)), srid=srid)


def flat(geometry: Any) -> tuple[Any, list[Note]]:
    """The geometry in two dimensions, and what was left out."""
    notes = []
    if shapely.has_z(geometry):
        notes.append(Note.HEIGHTS_DROPPED)
    if shapely.has_m(geometry):
        notes.append(Note.MEASURES_DROPPED)
    return (shapely.force_2d(geometry) if notes else geometry), notes


def as_kind(geometry: Any, kind: str) -> Any:
    """A single geometry as the multi kind that the layer stores; any other comes back as it is."""
    if kind == f"MULTI{geometry.geom_type.upper()}":
        return MULTI[geometry.geom_type]([geometry])
    return geometry


def check(geometry: Any, *, kind: str = "GEOMETRY", most_points: int = MOST_POINTS) -> Finding | None:
    """The first reason against one geometry of longitude/latitude degrees; None when it is sound."""
    return check_all(_array([geometry]), kind=kind, most_points=most_points)[0]


def check_all(
    geometries: Geometries, *, kind: str = "GEOMETRY", most_points: int = MOST_POINTS
) -> list[Finding | None]:
    """The first reason against each; `kind` is the OGC name of what the layer stores."""
    found = small_enough(geometries, most_points=most_points)
    left = _still(found)
    for judge in (_kind_of(kind), _finite, _in_bounds, _valid):
        for index, finding in zip(left, judge(geometries[left]), strict=True):
            found[index] = finding
        left = _still(found)
    return found


def small_enough(geometries: Geometries, *, most_points: int = MOST_POINTS) -> list[Finding | None]:
    """The questions that cost nothing, whatever is in the geometry: to be asked before it is transformed."""
    points = shapely.get_num_coordinates(geometries)
    nothing, empty = shapely.is_missing(geometries), shapely.is_empty(geometries)
    found: list[Finding | None] = [None] * len(geometries)
    for index in np.flatnonzero(nothing | empty | (points > most_points)):
        if nothing[index]:
            found[index] = Finding(Reason.MISSING)
        elif empty[index]:
            found[index] = Finding(Reason.EMPTY)
        else:
            found[index] = Finding(Reason.TOO_MANY_POINTS, {"points": int(points[index]), "most": most_points})
    return found


def _kind_of(kind: str) -> Any:
    taken = TAKES.get(kind)

    def judge(geometries: Geometries) -> list[Finding | None]:
        found: list[Finding | None] = [None] * len(geometries)
        if taken is None:
            return found
        types = [shapely.GeometryType[name.upper()].value for name in taken]
        for index in np.flatnonzero(~np.isin(shapely.get_type_id(geometries), types)):
            given = geometries[index].geom_type.upper()
            found[index] = Finding(Reason.WRONG_KIND, {"wanted": kind, "given": given})
        return found

    return judge


def _finite(geometries: Geometries) -> list[Finding | None]:
    found: list[Finding | None] = [None] * len(geometries)
    numbers, owner = shapely.get_coordinates(geometries, return_index=True)
    odd = np.flatnonzero(~np.isfinite(numbers).all(axis=1))
    for place in odd[::-1]:
        first = int(np.searchsorted(owner, owner[place]))
        found[owner[place]] = Finding(Reason.NOT_FINITE, {"corner": int(place) - first + 1})
    return found


def _in_bounds(geometries: Geometries) -> list[Finding | None]:
    west, south, east, north = shapely.bounds(geometries).T
    inside = (west >= -180) & (south >= -90) & (east <= 180) & (north <= 90)
    found: list[Finding | None] = [None] * len(geometries)
    for index in np.flatnonzero(~inside):
        details = {"x": f"{west[index]:.2f}", "y": f"{south[index]:.2f}"}
        found[index] = Finding(Reason.OUT_OF_BOUNDS, details)
    return found


def _valid(geometries: Geometries) -> list[Finding | None]:
    sound = shapely.is_valid(geometries)
    return [None if good else why_invalid(geometry) for good, geometry in zip(sound, geometries, strict=True)]


def why_invalid(geometry: Any) -> Finding:
    """GEOS' reason and the place, of a geometry under the cap of corners."""
    told = str(shapely.is_valid_reason(geometry))
    match = re.fullmatch(r"(.*)\[(\S+) (\S+)\]", told)
    reason, lon, lat = match.groups() if match else (told, "?", "?")
    return Finding(Reason.INVALID, {"told": reason, "lon": lon, "lat": lat})


def _still(found: list[Finding | None]) -> list[int]:
    return [index for index, finding in enumerate(found) if finding is None]


def _array(items: list[Any]) -> Geometries:
    array = np.empty(len(items), dtype=object)
    array[:] = items
    return array
