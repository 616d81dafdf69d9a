"""Parcels on the map with who holds what in them. Nothing is written here: changes are proposed as drafts."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import display
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.core.admin import ByOthers, InForce, RecordAdmin, RecordInline, authority_id, standing
from apps.core.admin_filters import RelatedInUse
from apps.core.desk_ground import OnGround

from ..models import Parcel, Right, Scheme


@admin.register(Scheme)
class SchemeAdmin(RecordAdmin):
    list_display = ("code", "name_ar", "name_en", "wilayat", "authority")
    list_select_related = ("wilayat", "authority")
    search_fields = ("code", "name_ar", "name_en")


class RightInline(ByOthers, RecordInline):
    """As the title register delivered them."""

    model = Right
    fields = ("party", "kind", "share", "valid_from", "valid_to")
    readonly_fields = ("share",)
    ordering = ("-valid_from",)

    @display(description=_("Share"))
    def share(self, right: Right) -> str:
        return f"{right.share_numerator}/{right.share_denominator}"


@admin.register(Parcel)
class ParcelAdmin(ByOthers, OnGround, RecordAdmin):
    map_editable = False
    change_form_template = "parcels/admin_parcel.html"
    change_list_template = "parcels/admin_parcels.html"
    list_display = (
        "plot_no", "block_no", "scheme", "land_use", "status", "legal_area_m2", "computed_area_m2", "valid_from",
        "authority",
    )  # fmt: skip
    list_filter = (
        InForce,
        "land_use",
        "status",
        ("wilayat", RelatedInUse),
    )
    list_select_related = ("scheme", "wilayat", "authority")
    search_fields = ("plot_no", "block_no", "krooki_no", "deed_no", "scheme__code", "source_id")
    search_help_text = _(
        "Plot, block, krooki, deed or scheme; several words narrow it down. A whole plot number lists the plots that"
        " have it and nothing else; in quotation marks it is looked for everywhere."
    )
    fields = (
        "plot_no", "block_no", "scheme", "wilayat", "land_use", "status", "legal_area_m2", "computed_area_m2",
        "krooki_no", "deed_no", "source_id", "valid_from", "valid_to", "geom", "authority",
    )  # fmt: skip
    inlines = (RightInline,)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return super().changelist_view(request, {"may_propose": self._may_propose(request), **(extra_context or {})})

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        parcel = self.get_object(request, object_id)
        told = {"may_propose": parcel is not None and self._may_propose(request, parcel)}
        return super().change_view(request, object_id, form_url, told | (extra_context or {}))

    def _may_propose(self, request: HttpRequest, parcel: Parcel | None = None) -> bool:
        ended = parcel is not None and parcel.valid_to is not None
        return not ended and standing(request).may(self.to_write, authority_id(parcel))
