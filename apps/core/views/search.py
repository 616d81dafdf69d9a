"""Search by plot, address, place or typed coordinates: options for the search box, or a page of results."""

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.core import cards
from apps.core.audience import audience_of
from apps.core.cards import PLACE, Find
from apps.core.coordinates import read_point
from gis import search
from gis.layers import Audience

LONGEST = 200
MOST = 12
BARE = re.compile(r"^\d+\s+\d+$")


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """?q=words: the things whose names are nearest to the words."""
    words = request.GET.get("q", "").strip()[:LONGEST]
    part = getattr(request, "htmx", False)
    context = {"query": words, "finds": finds(words, audience_of(request))}
    response = render(request, "core/options.html" if part else "core/results.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def finds(words: str, audience: Audience) -> list[Find]:
    """Coordinates stand for their place; anything else is looked up. Two bare numbers may be either: 12 101 is a plot
    and its block first."""
    if not words:
        return []
    point = read_point(words)
    looked_up = [] if point and not BARE.match(words) else search.find(words, audience, limit=MOST)
    return [*cards.finds_of(looked_up, audience), *([_coordinates(*point)] if point else [])]


def _coordinates(lng: float, lat: float) -> Find:
    at = f"{lat:.6f},{lng:.6f}"
    return Find(f"{reverse('at')}?point={at}", f"{lat:.5f}, {lng:.5f}", _("Coordinates"), PLACE, at)
