"""Administrative units and authorities for superusers; calendars, inventories and the base map for officers."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import ModelAdmin, TabularInline
from django.http import HttpRequest
from leaflet.admin import LeafletGeoAdminMixin

from apps.core.admin import RecordAdmin, RecordInline
from apps.core.widgets import MapWidget

from .models import (
    Authority,
    AuthorityAlias,
    BaseFeature,
    CalendarException,
    Governorate,
    Inventory,
    UnitAlias,
    Wilayat,
    WorkingCalendar,
)

# What a manager may do: names of `apps.accounts.permissions.Action`, which is a storey above.
TO_MANAGE = "manage_members"


class GovernorateAliasInline(TabularInline):
    model = UnitAlias
    fk_name = "governorate"
    fields = ("name",)
    extra = 0


class WilayatAliasInline(GovernorateAliasInline):
    fk_name = "wilayat"


class AuthorityAliasInline(TabularInline):
    model = AuthorityAlias
    fields = ("name",)
    extra = 0


class DrawnAdmin(LeafletGeoAdminMixin, ModelAdmin):
    """What belongs to no authority: for superusers. Nothing is deleted, it ends: records point at it."""

    widget = MapWidget

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Governorate)
class GovernorateAdmin(DrawnAdmin):
    list_display = ("code", "name_ar", "name_en", "valid_from", "valid_to")
    search_fields = ("code", "name_ar", "name_en", "aliases__name")
    inlines = (GovernorateAliasInline,)


@admin.register(Wilayat)
class WilayatAdmin(DrawnAdmin):
    list_display = ("code", "name_ar", "name_en", "governorate", "valid_from", "valid_to")
    list_filter = ("governorate",)
    list_select_related = ("governorate",)
    search_fields = ("code", "name_ar", "name_en", "aliases__name")
    inlines = (WilayatAliasInline,)


@admin.register(Authority)
class AuthorityAdmin(DrawnAdmin):
    list_display = ("code", "name_ar", "name_en", "kind", "working_crs", "publishes_parcels", "valid_to")
    list_filter = ("kind", "publishes_parcels")
    search_fields = ("code", "name_ar", "name_en", "aliases__name")
    inlines = (AuthorityAliasInline,)


class CalendarExceptionInline(RecordInline):
    to_write = TO_MANAGE
    model = CalendarException
    ordering = ("-first_day",)


@admin.register(WorkingCalendar)
class WorkingCalendarAdmin(RecordAdmin):
    to_write = TO_MANAGE
    list_display = ("name_ar", "name_en", "weekdays", "opens", "closes", "authority")
    inlines = (CalendarExceptionInline,)


@admin.register(Inventory)
class InventoryAdmin(RecordAdmin):
    list_display = ("name_ar", "name_en", "layer", "surveyed_from", "surveyed_to", "authority")
    list_filter = ("layer",)


@admin.register(BaseFeature)
class BaseFeatureAdmin(RecordAdmin):
    list_display = ("name_ar", "name_en", "kind", "rank", "authority")
    list_filter = ("kind", "rank")
    search_fields = ("name_ar", "name_en")
    show_full_result_count = False
