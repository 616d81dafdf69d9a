"""A typed point, as a survey or a GPS gives it; in the desk's forms it may be set on the map instead."""

from typing import Any, Self

from django.contrib.gis.forms import PointField
from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from gis.layers import Audience

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
    """The point (longitude, latitude; EPSG:4326) of typed coordinates. Raises ValidationError with an example."""
    place = read_point(typed)
    if place is None:
        raise ValidationError(
            _("“%(typed)s” is no place. Write latitude, then longitude, such as %(example)s."),
            code="no_place",
            params={"typed": typed[:60], "example": example_place(audience)},
        )
    return Point(*place, srid=4326)


def _name(name: str) -> str:
    return f"{name}_typed"
