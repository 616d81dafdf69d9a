"""Search by plot, address, place or typed coordinates: options for the search box, or a page of results."""

import re
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.core import cards, whereabouts
from apps.core.audience import audience_of
from apps.core.cards import PLACE, Find
from apps.core.coordinates import SystemNotHere, read_point
from apps.core.whereabouts import Choice, NotHere
from gis import search
from gis.layers import Audience

LONGEST = 200
MOST = 12
BARE = re.compile(r"^\d+\s+\d+$")


@dataclass(frozen=True)
class Answer:
    """What the words found; where they are coordinates of no place here, a sentence that says so."""

    finds: list[Find]
    sentence: str = ""


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """?q=words: the things whose names are nearest to the words."""
    words = request.GET.get("q", "").strip()[:LONGEST]
    part = getattr(request, "htmx", False)
    context = {"query": words, "answer": answer(words, audience_of(request))}
    response = render(request, "core/options.html" if part else "core/results.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
def coordinates(request: HttpRequest) -> JsonResponse:
    """?text=…: the places that typed coordinates may mean, for a form that lets one be chosen."""
    found, sentence = _places(request.GET.get("text", "")[:LONGEST], audience_of(request))
    told = [{"point": one.point, "system": one.system} for one in found]
    return JsonResponse({"choices": told, "sentence": sentence})


def answer(words: str, audience: Audience) -> Answer:
    """Coordinates stand for their places; anything else is looked up. Two bare numbers may be either: 12 101 is a plot
    and its block first."""
    if not words:
        return Answer([])
    found, sentence = _places(words, audience)
    coordinates = bool(found or sentence)
    looked_up = [] if coordinates and not BARE.match(words) else search.find(words, audience, limit=MOST)
    finds = [*cards.finds_of(looked_up, audience), *map(_find, found)]
    return Answer(finds, "" if looked_up else sentence)


def _places(text: str, audience: Audience) -> tuple[list[Choice], str]:
    """A latitude and longitude of another country is a place too; the sentence is said beside it."""
    try:
        return whereabouts.choices(text, audience), ""
    except (NotHere, SystemNotHere) as refusal:
        far = read_point(text)
        return [Choice(*far, _("elsewhere"))] if far else [], str(refusal)


def _find(choice: Choice) -> Find:
    title = f"{choice.lat:.5f}, {choice.lng:.5f}"
    return Find(f"{reverse('at')}?point={choice.point}", title, _("Coordinates"), PLACE, choice.point, choice.system)
