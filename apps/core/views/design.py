"""The living page of components: every part in every state, in both directions. For developers only."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.core.symbols import CLASSES, SYMBOLS

TOKENS = {
    "Surfaces": ("page", "surface", "surface-2", "surface-3", "line", "edge"),
    "Text": ("text", "text-2", "accent", "accent-strong", "info", "warn", "good", "bad"),
    "Base map": (
        "map-sea", "map-land", "map-wadi", "map-wadi-line", "map-road", "map-road-main", "map-road-edge",
        "map-building", "map-building-edge",
    ),
    "Data": tuple(sorted({symbol.hue for symbol in SYMBOLS.values()})),
    "Classes": CLASSES,
}  # fmt: skip


@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """Shown where DEBUG is on."""
    if not settings.DEBUG:
        raise Http404
    directions = (("rtl", "ar"), ("ltr", "en"))
    return render(request, "core/design.html", {"tokens": TOKENS, "directions": directions, "symbols": SYMBOLS})
