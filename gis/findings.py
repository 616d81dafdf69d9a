"""What is found in a geometry, in words: reasons against storing it, and notes on what was changed without harm."""

from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from gis.quoting import with_details
from gis.refusals import Refusal


class Reason(TextChoices):
    """Why a geometry is not stored, each with the sentence for its owner (placeholders filled from the details)."""

    MISSING = "missing", _("The row has no geometry. Give it one, or leave the row out.")
    UNREADABLE = "unreadable", _("The geometry cannot be read. Export the file again.")
    EMPTY = "empty", _("The geometry is empty. Draw it again, or leave the row out.")
    TOO_MANY_POINTS = (
        "too_many_points",
        _("The geometry has %(points)s corners; at most %(most)s are taken. Simplify it."),
    )
    NOT_FINITE = "not_finite", _("A coordinate is not a number. Correct corner %(corner)s.")
    OUT_OF_BOUNDS = (
        "out_of_bounds",
        _("The coordinates %(x)s, %(y)s are not longitude and latitude in degrees. Name the right coordinate system."),
    )
    WRONG_KIND = "wrong_kind", _("The layer takes %(wanted)s, not %(given)s. Convert it, or choose another layer.")
    INVALID = "invalid", _("The outline is not valid: %(told)s at %(lon)s, %(lat)s. Correct it there.")
    BEYOND_REPAIR = "beyond_repair", _("The outline is not valid and repairing it took too long. Draw it again.")
    VANISHED = "vanished", _("Nothing is left of the geometry after repairing it. Draw it again.")


class Note(TextChoices):
    """What was changed without harm, for the report."""

    HEIGHTS_DROPPED = "heights_dropped", _("heights left out")
    MEASURES_DROPPED = "measures_dropped", _("measures left out")
    REPAIRED = "repaired", _("outline repaired")


# What GEOS says, and the kinds of geometry, in the reader's language.
WORDS: Final = {
    "Self-intersection": _("the outline crosses itself"),
    "Ring Self-intersection": _("the outline touches itself"),
    "Hole lies outside shell": _("a hole lies outside the outline"),
    "Holes are nested": _("a hole lies inside another hole"),
    "Interior is disconnected": _("holes cut the area in two"),
    "Nested shells": _("one part lies inside another"),
    "Duplicate Rings": _("a ring is there twice"),
    "Too few points in geometry component": _("too few different corners"),
    "Ring is not closed": _("the outline is not closed"),
    "nested too deeply": _("it is nested too deeply"),
    "the order of its bytes is not told": _("the order of its bytes is not told"),
    "POINT": _("points"),
    "LINESTRING": _("lines"),
    "POLYGON": _("polygons"),
    "MULTIPOINT": _("points"),
    "MULTILINESTRING": _("lines"),
    "MULTIPOLYGON": _("polygons"),
    "GEOMETRYCOLLECTION": _("a collection of kinds"),
}


@dataclass(frozen=True)
class Finding:
    """One reason against a geometry, with its details for programs and for the sentence."""

    reason: Reason
    details: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        told = {
            name: f"{value:,}" if isinstance(value, int) else WORDS.get(value, value)
            for name, value in self.details.items()
        }
        quoted = str(told.get("told", "")) if self.reason == Reason.UNREADABLE else ""
        return with_details(str(self.reason.label) % told, quoted)


class BadGeometry(Refusal):
    """A single geometry that is not stored, said to the person who drew it."""

    code = "bad_geometry"
    sentence = "%(finding)s"

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding=finding, reason=finding.reason.value)
