"""Streets and units on the map, with what is behind a unit and what it was called before."""

from django.contrib import admin
from django.contrib.admin import display
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from apps.core.admin import RecordAdmin, RecordInline
from apps.core.desk_columns import written

from .formatters import national, one_line
from .models import AddressUnit, LegacyAddress, Street, SubAddress


class SubAddressInline(RecordInline):
    model = SubAddress


class LegacyAddressInline(RecordInline):
    model = LegacyAddress


@admin.register(Street)
class StreetAdmin(RecordAdmin):
    list_display = ("name_ar", "name_en", "code", "kind", "wilayat", "authority", "valid_to")
    list_filter = ("kind",)
    list_select_related = ("wilayat", "authority")
    search_fields = ("name_ar", "name_en", "code")


@admin.register(AddressUnit)
class AddressUnitAdmin(RecordAdmin):
    list_display = ("as_written", "postcode", "authority", "valid_to")
    list_select_related = ("street__wilayat__governorate", "wilayat__governorate", "authority")
    search_fields = ("number", "street__name_ar", "street__name_en", "area_ar", "area_en", "legacy__way_no")
    raw_id_fields = ("street", "parcel")
    inlines = (SubAddressInline, LegacyAddressInline)

    @written
    @display(description=_("Address"), ordering="number")
    def as_written(self, unit: AddressUnit) -> str:
        language = get_language() or "ar"
        return one_line(national(unit, language=language), language=language)
