"""A geometry of a document as it is stored: judged outside the database, never repaired without a word."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from django.utils.translation import gettext_lazy as _

from gis import crs
from gis.crs import Operation
from gis.exchange.readers import geojson
from gis.features import Output
from gis.findings import Finding
from gis.geometry import as_kind, check, flat, small_enough
from gis.wkb import from_wkb

from .faults import RULE, Fault

# As much as is lost when a geometry is written out: in degrees, and in metres.
SAME_DEGREES, SAME_METRES = 2e-9, 2e-4

BROKEN: Final = {
    "geometry is not an object": _("it is no object"),
    "a line needs two positions": _("a line needs two positions"),
    "a ring needs four positions": _("a ring needs four positions"),
    "a ring is not closed": _("a ring must end where it begins"),
    "a position needs two numbers": _("a position needs two numbers"),
}
OTHERWISE_BROKEN = _("type and coordinates must be those of a GeoJSON geometry")
PLACE = "/geometry"


@dataclass(frozen=True)
class Place:
    """`stored` in EPSG:4326, of the layer's kind; `original` as it was sent, easting or longitude first."""

    stored: Any
    original: Any
    operation: Operation


def place(document: dict[str, Any], kind: str, system: Output) -> Place | Fault:
    """The geometry for a layer of this kind ("MULTIPOLYGON", …), sent in this system; or what is wrong with it."""
    try:
        original = from_wkb(geojson.wkb(document))
    except geojson.BadGeometry as error:
        return Fault(PLACE, RULE, {"name": "geometry", "told": BROKEN.get(str(error), OTHERWISE_BROKEN)})
    if isinstance(original, Finding):
        return _fault(original)
    original = flat(original)[0]
    if system.flipped:
        original = shapely.transform(original, lambda x, y: (y, x), interleaved=False)
    if finding := small_enough(np.array([original], dtype=object))[0]:
        return _fault(finding)
    operation = crs.operation(system.code)
    stored = original if system.code == crs.STORAGE else crs.to_storage(original, operation)
    if finding := check(stored, kind=kind):
        return _fault(finding)
    return Place(as_kind(stored, kind), original, operation)


def moves(before: Any, place: Place) -> bool:
    """Is it another place than the stored one? Corner by corner, compared in the system in which it was sent.

    So who gives back what they have read moves nothing, though the way there and back loses a millimetre or two.
    """
    there = before if place.operation.source == crs.STORAGE else crs.from_storage(before, place.operation)
    lost = SAME_METRES if crs.projected(place.operation.source) else SAME_DEGREES
    sent = as_kind(place.original, str(there.geom_type).upper())
    return not bool(shapely.equals_exact(there, sent, tolerance=lost))


def _fault(finding: Finding) -> Fault:
    return Fault(PLACE, RULE, {"name": "geometry", "told": finding})
