"""Parking zones on the map with their hours, and the tariffs."""

from django.contrib import admin

from apps.core.admin import RecordAdmin, RecordInline

from .models import ParkingZone, RateTable, ZoneHours


class ZoneHoursInline(RecordInline):
    model = ZoneHours


@admin.register(ParkingZone)
class ParkingZoneAdmin(RecordAdmin):
    list_display = ("code", "name_ar", "name_en", "kind", "rate_table", "spaces", "authority")
    list_filter = ("kind",)
    list_select_related = ("rate_table", "authority")
    search_fields = ("code", "name_ar", "name_en")
    inlines = (ZoneHoursInline,)


@admin.register(RateTable)
class RateTableAdmin(RecordAdmin):
    list_display = ("name_ar", "name_en", "currency", "step_minutes", "step_price", "longest_minutes", "valid_from")
    search_fields = ("name_ar", "name_en")
