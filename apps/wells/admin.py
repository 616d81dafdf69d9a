"""The register of wells and aflaj, and the zones that protect them."""

from django.contrib import admin

from apps.core.admin import RecordAdmin, RecordInline
from apps.core.desk_ground import OnGround

from .models import Falaj, MotherWell, ProtectionZone, Well, WellOwner


class WellOwnerInline(RecordInline):
    model = WellOwner
    raw_id_fields = ("party",)


@admin.register(Well)
class WellAdmin(OnGround, RecordAdmin):
    """The public square is computed by the database and not shown here: officers see the place."""

    list_display = ("number", "use", "kind", "status", "depth_m", "drilled_on", "authority")
    list_filter = ("use", "kind", "status")
    list_select_related = ("authority",)
    search_fields = ("number", "owners__party__name_ar", "owners__party__name_en")
    raw_id_fields = ("parcel",)
    inlines = (WellOwnerInline,)


@admin.register(Falaj)
class FalajAdmin(RecordAdmin):
    list_display = ("name_ar", "name_en", "kind", "live", "authority")
    list_filter = ("kind", "live")
    search_fields = ("name_ar", "name_en")


@admin.register(MotherWell)
class MotherWellAdmin(RecordAdmin):
    list_display = ("falaj", "depth_m", "authority")
    list_select_related = ("falaj", "authority")
    search_fields = ("falaj__name_ar", "falaj__name_en")


@admin.register(ProtectionZone)
class ProtectionZoneAdmin(RecordAdmin):
    list_display = ("name_ar", "name_en", "kind", "valid_from", "valid_to", "authority")
    list_filter = ("kind",)
    search_fields = ("name_ar", "name_en")
