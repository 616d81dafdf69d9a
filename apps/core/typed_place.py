"""A typed point, as a survey or a GPS gives it; in the desk's forms it may be set on the map instead."""

from typing import Any, Self

from django.contrib.gis.forms import PointField
from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from gis.layers import Audience
from gis.refusals import Refusal

from . import whereabouts
from .coordinates import read_point
from .plan import example_place
from .widgets import MapWidget


class TypedPlace(str):
    """What was typed, and beside it what the map had (GeoJSON), which stays there."""

    drawn: str

    @classmethod
    def of(cls, typed: str, drawn: Any) -> Self:
        place = cls(typed)
        place.drawn = drawn or ""
        return place


class PlaceWidget(MapWidget):
    """Below the map a field for coordinates; moving the point on the map empties it."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        drawn = super().value_from_datadict(data, files, name)
        typed = data.get(_name(name), "").strip()
        return TypedPlace.of(typed, drawn) if typed else drawn

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        typed = value if isinstance(value, TypedPlace) else ""
        context = super().get_context(name, value.drawn if isinstance(value, TypedPlace) else value, attrs)
        return {**context, "typed_name": _name(name), "typed": typed}


class PlaceField(PointField):
    """A point in EPSG:4326; raises ValidationError where the typed text is not a place on earth."""

    def to_python(self, value: Any) -> Any:
        return place_of(value, Audience.OFFICER) if isinstance(value, TypedPlace) else super().to_python(value)


def place_of(typed: str, audience: Audience = Audience.PUBLIC) -> Point:
    """The point (longitude, latitude; EPSG:4326) of typed coordinates, in any system of this installation.

    Raises ValidationError: with an example where it is none, with the ways to read it where there are several.
    Latitude and longitude may lie anywhere on earth; whose area that is others judge.
    """
    place = read_point(typed)
    if place is None:
        place = _in_metres(typed, audience)
    return Point(*place, srid=4326)


def _in_metres(typed: str, audience: Audience) -> tuple[float, float]:
    details = {"typed": typed[:60], "example": example_place(audience)}
    try:
        found = whereabouts.choices(typed, audience)
    except Refusal as refusal:
        raise ValidationError(str(refusal), code=refusal.code) from refusal
    if not found:
        raise ValidationError(
            _("“%(typed)s” is no place. Write latitude, then longitude, such as %(example)s."), "no_place", details
        )
    if len(found) > 1:
        details["systems"] = "; ".join(choice.system for choice in found)
        raise ValidationError(
            _("“%(typed)s” is another place in each of these systems: %(systems)s. Write the name of one behind it."),
            "several_places",
            details,
        )
    return found[0].lng, found[0].lat


def _name(name: str) -> str:
    return f"{name}_typed"
