"""Parking zones on the map with their hours, and the tariffs."""

from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision
from django.contrib import admin
from django.contrib.admin import display
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.core.admin import RecordAdmin, RecordInline
from apps.core.wording import money

from .models import ParkingZone, RateTable, ZoneHours


class ZoneHoursInline(RecordInline):
    model = ZoneHours


@admin.register(ParkingZone)
class ParkingZoneAdmin(RecordAdmin):
    list_display = ("code", "name_ar", "name_en", "kind", "rate_table", "spaces", "payment_channels", "authority")
    list_filter = ("kind", "payment_channels")
    list_select_related = ("rate_table", "authority")
    search_fields = ("code", "name_ar", "name_en")
    inlines = (ZoneHoursInline,)


class RateTableForm(ModelForm):
    """The stored price is written with the decimals of its currency and said with its name."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        stored = self.instance
        if stored.step_price is not None and "step_price" in self.fields:
            self.initial["step_price"] = _in_coins(stored.step_price, stored.currency)
            self.fields["step_price"].help_text = money(stored.step_price, stored.currency)


@admin.register(RateTable)
class RateTableAdmin(RecordAdmin):
    form = RateTableForm
    list_display = ("name_ar", "name_en", "price", "step_minutes", "longest_minutes", "valid_from")
    search_fields = ("name_ar", "name_en")
    readonly_fields = ("price",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Whoever cannot change the price reads it in words."""
        fields = [name for name in super().get_fields(request, obj) if name != "price"]
        if obj is None or self.has_change_permission(request, obj):
            return fields
        return ["price" if name == "step_price" else name for name in fields if name != "currency"]

    @display(description=_("Price a step"), ordering="step_price")
    def price(self, table: RateTable) -> str:
        return money(table.step_price, table.currency)


def _in_coins(price: Decimal, currency: str) -> Decimal:
    """As many decimals as the currency has, and never fewer than the price."""
    coin = Decimal(1).scaleb(-get_currency_precision(currency))
    rounded = price.quantize(coin)
    return rounded if rounded == price else price
