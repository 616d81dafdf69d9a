"""Height and slope on a record's page of the desk, as its card says them."""

from typing import Any

import shapely
from django.contrib.admin import display
from django.contrib.gis.geos import Point
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from gis.rasters import sampling

from . import ground


class OnGround:
    """To put before the admin of records that are small enough to have a height of their own."""

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        fields = [name for name in super().get_fields(request, obj) if name != "ground"]  # type: ignore[misc]
        return fields if obj is None else [*fields, "ground"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [*super().get_readonly_fields(request, obj), "ground"]  # type: ignore[misc]

    @display(description=_("Ground"))
    def ground(self, obj: Any) -> SafeString | str:
        """One line a fact; a dash where no elevation model has a value."""
        geometry = getattr(obj, "geom", None)
        if geometry is None:
            return "-"
        found = sampling.at(*geometry.coords) if isinstance(geometry, Point) else sampling.over(_shape(geometry))
        lines = ((fact.title, fact.text, fact.unit) for fact in ground.facts(found))
        return format_html_join("", "<div>{}: <bdi>{}</bdi> {}</div>", lines) or "-"


def _shape(geometry: Any) -> Any:
    return shapely.from_wkb(bytes(geometry.wkb))
