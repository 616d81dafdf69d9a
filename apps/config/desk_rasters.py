"""The catalogue of rasters on the desk: read by every officer, for it belongs to no authority; withdrawn by superusers.

What is withdrawn serves all authorities at once, so no municipality decides that for the others.
"""

from typing import Any

import shapely
from django.contrib.admin import display
from django.contrib.messages import success
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from apps.core.admin import ByOthers, RecordAdmin, standing
from apps.core.record_history import withdrawn
from apps.core.wording import language
from apps.territory.models import Governorate
from gis import crs, measure
from gis.rasters import describing, shading
from gis.rasters.importing import withdraw
from gis.rasters.models import Raster

MOST_WITHDRAWN = 20
NEAREST_LOOK = 14  # level at which the map opens on a small raster
LONGEST, LONGEST_CODE = 200, 30  # letters of a system's own text; of a code such as EPSG:32640
ROUND_KM2 = 10  # areas from here on are said without decimals


class RasterAdmin(ByOthers, RecordAdmin):
    """Nothing is written here but the end of a raster: its file goes, its history stays with who and why."""

    change_list_template = "config/rasters/list.html"
    change_form_template = "config/rasters/raster.html"
    delete_confirmation_template = "config/rasters/withdrawal.html"
    list_display = (
        "title_ar", "title_en", "kind", "state", "covers", "cell", "in_system", "source", "licence", "day",
    )  # fmt: skip
    list_display_links = ("title_ar", "title_en")
    search_fields = ("title_ar", "title_en", "source", "licence")
    ordering = ("kind", "resolution_m", "-day")
    readonly_fields = (
        "state", "covers", "where", "cell", "in_system", "cells", "heights", "mean", "middle_half", "share",
        "counted_from", "in_file",
    )  # fmt: skip
    fieldsets = (
        (None, {"fields": ("title_ar", "title_en", "kind", "state")}),
        (_("Place"), {"fields": ("on_map", "where", "covers", "cell", "cells", "in_system")}),
        (_("Values"), {"fields": ("heights", "mean", "middle_half", "share", "counted_from")}),
        (_("Source and file"), {"fields": ("source", "licence", "day", "in_file", "identifier")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Raster]:
        """All of them: they have no authority to choose by."""
        return super(RecordAdmin, self).get_queryset(request)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [name for _heading, part in self.fieldsets for name in part["fields"]]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return standing(request).everywhere

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        past = withdrawn(Raster, most=MOST_WITHDRAWN)
        return super().changelist_view(request, {"withdrawn": past, **(extra_context or {})})

    def render_change_form(self, request: HttpRequest, context: Any, *given: Any, **more: Any) -> HttpResponse:
        """The way out is called what it does, and stands in the page's own template."""
        raster = more.get("obj")
        told = {"show_delete": False, "may_withdraw": self.has_delete_permission(request, raster)}
        return super().render_change_form(request, context | told, *given, **more)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        title = gettext("Withdraw this raster")
        return super().delete_view(request, object_id, {"title": title, **(extra_context or {})})

    def delete_model(self, request: HttpRequest, obj: Raster) -> None:
        withdraw(obj)

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: Any) -> HttpResponse:
        success(request, gettext("“%(title)s” is withdrawn: heights and shaded ground no longer come from it.")
                % {"title": obj_display})  # fmt: skip
        return HttpResponseRedirect(reverse("admin:spatial_raster_changelist"))

    def view_on_site(self, obj: Any) -> str:
        """The map, so near that the shape of the ground is drawn."""
        west, south, east, north = obj.geom.extent
        near = next((z for z in range(NEAREST_LOOK, shading.COARSEST, -1) if 360 / 2**z > east - west), None)
        return f"{reverse('home')}?c={(south + north) / 2:.5f},{(west + east) / 2:.5f}&z={near or shading.COARSEST}"

    @display(description=_("State"))
    def state(self, raster: Raster) -> str:
        return gettext("in use") if describing.is_there(raster) else gettext("its file is missing: import it again")

    @display(description=_("Area covered"))
    def covers(self, raster: Raster) -> SafeString:
        km2 = measure.area_m2(shapely.from_wkb(bytes(raster.geom.wkb))) / 1e6
        return format_html("<bdi>{}</bdi> {}", _number(km2, 0 if km2 >= ROUND_KM2 else 2), pgettext("unit", "km²"))

    @display(description=_("Governorates"))
    def where(self, raster: Raster) -> str:
        found = Governorate.objects.filter(geom__intersects=raster.geom).order_by("code")
        return (", " if language() == "en" else "، ").join(one.name for one in found) or "-"

    @display(description=_("Width of a cell"), ordering="resolution_m")
    def cell(self, raster: Raster) -> SafeString:
        return _in_unit(raster, raster.resolution_m, unit="m")

    @display(description=_("Coordinate system"), ordering="system")
    def in_system(self, raster: Raster) -> SafeString:
        """Its name, and its code where it has one; what nobody can read any more stands there as it is."""
        try:
            name = crs.title(raster.system, language())
        except crs.UnknownSystem:
            return format_html("<bdi>{}</bdi>", raster.system[:LONGEST])
        code = raster.system if len(raster.system) <= LONGEST_CODE else ""
        return format_html('<bdi>{}</bdi> <bdi dir="ltr">{}</bdi>', name, code)

    @display(description=_("Extent"))
    def on_map(self, obj: Any) -> SafeString:
        context = {"geometry": obj.geom, "ground": describing.is_there(obj)}
        return SafeString(render_to_string("config/rasters/map.html", context))

    @display(description=_("Cells"))
    def cells(self, raster: Raster) -> SafeString | str:
        found = describing.spread(raster)
        return format_html('<bdi dir="ltr">{} × {}</bdi>', f"{found.columns:,}", f"{found.rows:,}") if found else "-"

    @display(description=_("Lowest and highest"))
    def heights(self, raster: Raster) -> SafeString:
        return _in_unit(raster, raster.lowest, raster.highest)

    @display(description=_("Mean"))
    def mean(self, raster: Raster) -> SafeString | str:
        found = describing.spread(raster)
        return _in_unit(raster, found.mean) if found else "-"

    @display(description=_("Half of the cells lie between"))
    def middle_half(self, raster: Raster) -> SafeString | str:
        found = describing.spread(raster)
        return _in_unit(raster, *found.half) if found else "-"

    @display(description=_("Cells with a value"))
    def share(self, raster: Raster) -> SafeString | str:
        found = describing.spread(raster)
        return format_html("<bdi>{}%</bdi>", _number(found.covered * 100, 0)) if found else "-"

    @display(description=_("Counted from"))
    def counted_from(self, raster: Raster) -> str:
        return raster.vertical_datum or gettext("Its vertical datum is not told.")

    @display(description=_("File"))
    def in_file(self, raster: Raster) -> SafeString:
        return SafeString(render_to_string("config/rasters/file.html", {
            "raster": raster, "found": describing.spread(raster),
        }))  # fmt: skip


def _number(value: float, decimals: int = 1) -> str:
    return f"{value:,.{decimals}f}"


def _in_unit(raster: Raster, *values: float, unit: str = "") -> SafeString:
    """One number, or a span of two, with the unit behind it."""
    unit = unit or raster.unit
    said = "\u2013".join(map(_number, values))
    return format_html('<bdi dir="ltr">{}</bdi> {}', said, pgettext("unit", "m") if unit == "m" else unit)
