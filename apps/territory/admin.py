"""Administrative units and authorities for superusers; calendars, inventories and the base map for officers."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import ModelAdmin, TabularInline, display
from django.db.models import QuerySet
from django.forms import ChoiceField
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from leaflet.admin import LeafletGeoAdminMixin

from apps.core.admin import PartsFormSet, RecordAdmin, RecordInline, standing
from apps.core.admin_filters import ByLayer, layer_title
from apps.core.desk_page import DeskPage
from apps.core.widgets import MapWidget
from gis.layers import registry

from .forms import AuthorityForm
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
    formset = PartsFormSet
    model = UnitAlias
    fk_name = "governorate"
    fields = ("name",)
    extra = 0


class WilayatAliasInline(GovernorateAliasInline):
    fk_name = "wilayat"


class AuthorityAliasInline(TabularInline):
    formset = PartsFormSet
    model = AuthorityAlias
    fields = ("name",)
    extra = 0


class DrawnAdmin(DeskPage, LeafletGeoAdminMixin, ModelAdmin):
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
    """A superuser founds authorities and draws their borders; a manager says how their own presents itself."""

    list_display = ("code", "name_ar", "name_en", "kind", "working_crs", "publishes_parcels", "valid_to")
    list_filter = ("kind", "publishes_parcels")
    search_fields = ("code", "name_ar", "name_en", "aliases__name")
    inlines = (AuthorityAliasInline,)
    form = AuthorityForm

    def has_module_permission(self, request: HttpRequest) -> bool:
        return standing(request).may(TO_MANAGE)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return standing(request).may(TO_MANAGE, obj.pk if obj else None)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request, obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Authority]:
        rows = super().get_queryset(request)
        caller = standing(request)
        return rows if caller.everywhere else rows.filter(pk__in=caller.authorities(TO_MANAGE))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        fields = list(super().get_fields(request, obj))
        return fields if standing(request).everywhere else [name for name in fields if name != "geom"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        if standing(request).everywhere:
            return []
        fields = [field.name for field in Authority._meta.concrete_fields if field.editable]
        return [name for name in fields if name not in (*Authority.of_the_manager, "geom")]


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
    list_display = ("name_ar", "name_en", "of_layer", "surveyed_from", "surveyed_to", "authority")
    list_filter = (("layer", ByLayer),)

    def formfield_for_dbfield(self, db_field: Any, request: Any = None, **given: Any) -> Any:
        """The layer is chosen by its title, among those that say where they were surveyed."""
        if db_field.name != "layer":
            return super().formfield_for_dbfield(db_field, request, **given)
        layers = [(layer.id, layer.title) for layer in registry if layer.coverage]
        return ChoiceField(label=db_field.verbose_name, choices=[("", "—"), *layers])

    @display(description=_("Layer"), ordering="layer")
    def of_layer(self, inventory: Inventory) -> str:
        return layer_title(inventory.layer)


@admin.register(BaseFeature)
class BaseFeatureAdmin(RecordAdmin):
    list_display = ("name_ar", "name_en", "kind", "rank", "authority")
    list_filter = ("kind", "rank")
    search_fields = ("name_ar", "name_en")
