"""Opening parking zones, and what a stay in one costs."""

from .opening import BadHours, CodeInUse, Hours, NoTariffForPaid, open_zone
from .pricing import NoTariff, NotForSale, Price, Span, StayEndsBeforeItBegins, StayTooLong, price

__all__ = [
    "BadHours",
    "CodeInUse",
    "Hours",
    "NoTariff",
    "NoTariffForPaid",
    "NotForSale",
    "Price",
    "Span",
    "StayEndsBeforeItBegins",
    "StayTooLong",
    "open_zone",
    "price",
]
