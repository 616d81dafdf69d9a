"""Home, cards and the list of what the map shows: one page in which only the card changes."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.core import cards, locating
from apps.core.audience import audience_of, own_authorities
from apps.core.cards import Card
from apps.core.coordinates import read_point
from apps.core.plan import base_plan, entries, example_place, first_view, plan_for, relief_plan
from gis import places
from gis.layers import registry
from gis.rasters import shading

MOST_LISTED = 30
TILES = "/tiles/LAYER/{z}/{x}/{y}.mvt"
RELIEF_TILES = "/tiles/relief/{z}/{x}/{y}.png"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The map of the municipality."""
    return _page(request, None)


@require_safe
def card(request: HttpRequest, layer_id: str, feature_id: UUID) -> HttpResponse:
    """One thing: a fragment for the page that stands already, else the whole page with the card open."""
    layer = registry.get(layer_id)
    audience = audience_of(request)
    found = places.read(layer, feature_id, audience) if layer else None
    if found is None:
        raise Http404(_("There is no such thing on the map, or it is not public."))
    also = cards.read_paths(request.GET.get("also", ""), audience)
    return _page(request, cards.card_of(found, audience, also))


@require_safe
def at(request: HttpRequest) -> HttpResponse:
    """What stands at a typed or tapped place: ?point=latitude,longitude."""
    point = read_point(request.GET.get("point", ""))
    if point is None:
        raise Http404(_("Give a place as latitude, longitude: %(example)s.") % {"example": example_place()})
    return _page(request, cards.place_card(*point, audience_of(request)))


@require_safe
def here(request: HttpRequest) -> JsonResponse:
    """?point=latitude,longitude: where that is, on one line, for the pin of a form."""
    point = read_point(request.GET.get("point", ""))
    return JsonResponse({"text": locating.in_words(*point, audience_of(request)) if point else ""})


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Lines for the things that the map shows: ?of=layer/id,layer/id."""
    found = cards.read_paths(request.GET.get("of", ""), audience_of(request), most=MOST_LISTED)
    return render(request, "core/rows.html", {"finds": [cards.find_of(one) for one in found]})


@require_safe
def plan(request: HttpRequest) -> JsonResponse:
    """map.json: layers, zooms, symbols and the first view."""
    answer = {
        "lang": get_language(),
        "tiles": TILES,
        "reliefTiles": RELIEF_TILES,
        "first": first_view(audience_of(request), own_authorities(request)),
        "base": base_plan(),
        "relief": relief_plan(),
        "layers": plan_for(audience_of(request)),
    }
    response = JsonResponse(answer)
    response["Cache-Control"] = "private, max-age=60"
    return response


def _page(request: HttpRequest, card: Card | None) -> HttpResponse:
    part = getattr(request, "htmx", False)
    context: dict[str, Any] = {"card": card}
    if not part:
        context |= {"layers": entries(), "relief": shading.relief(), "words": words()}
    response = render(request, "core/card.html" if part else "core/map.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def words() -> dict[str, str]:
    """The texts that the map's scripts say."""
    return {
        "map": _("Map"),
        "map_title": _("Map. Arrow keys move it, plus and minus zoom, Enter chooses what is in the middle."),
        "m": _("m"),
        "km": _("km"),
        "copied": _("Coordinates copied."),
        "link_copied": _("Link copied."),
        "locating": _("Finding where you are…"),
        "located": _("You are here, to within %s metres."),
        "locate_denied": _("The device does not tell where you are. Allow it in the browser, or search instead."),
        "locate_failed": _("Your place was not found. Search for it, or tap the map."),
        "pin": _("The place. Arrow keys move it."),
    }
