"""Search and reverse geocoding for programs: /api/search, /api/reverse, and what can be asked of them."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.core import finding, geocoding, parameters
from apps.core.api_document import MOST_FOUND, MOST_HERE, REVERSE, SEARCH, document
from apps.core.audience import audience_of
from apps.core.finding import Wanted
from gis import reverse as gis_reverse
from gis.db.documents import searched
from gis.layers import Audience, registry
from gis.refusals import Refusal

LANGUAGES = ("ar", "en")
VARY = ("Accept-Language", "Cookie", "X-API-Key")
KEPT_SECONDS = 60
GEOJSON = "application/geo+json"
LONGEST = 200

Json = dict[str, Any]


def _answering(make: Callable[[HttpRequest, Audience], Json]) -> Callable[[HttpRequest], HttpResponse]:
    """The document in the language asked for; a refusal as the feed says it, in both languages."""

    @require_safe
    def view(request: HttpRequest) -> HttpResponse:
        asked = request.GET.get("lang", "")
        with override(asked if asked in LANGUAGES else get_language()):
            try:
                return _document(request, make(request, audience_of(request)))
            except Refusal as refused:
                return _refusal(refused)

    return view


@_answering
def search(request: HttpRequest, audience: Audience) -> Json:
    """?q=…: what the search box finds, in one list."""
    given = parameters.known(request.GET, SEARCH, needed=("q",))
    most, near = parameters.limit(given, 10, MOST_FOUND), parameters.near(given)
    layers = parameters.layers(given, [layer for layer in registry if searched(layer, audience)])
    words = given["q"][:LONGEST]
    wanted = Wanted(each=most, most=most, near=near, layers=tuple(layers) if given.get("layers") else None)
    hits, _sentence = finding.hits(words, audience, wanted)
    return _collection(geocoding.hit_features(hits[:most], audience), words)


@_answering
def reverse(request: HttpRequest, audience: Audience) -> Json:
    """?lat=…&lon=…: what tells where the point is, the narrowest first, up to `limit` of each kind."""
    given = parameters.known(request.GET, REVERSE, needed=("lat", "lon"))
    lat, lng = parameters.number(given, "lat", -90, 90), parameters.number(given, "lon", -180, 180)
    layers = parameters.layers(given, [layer for layer in registry if layer.locates])
    here = gis_reverse.at(lng, lat, audience, most=parameters.limit(given, 1, MOST_HERE), layers=layers)
    return _collection(geocoding.here_features(here, audience), f"{lat}, {lng}")


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """The API document for programs."""
    return JsonResponse(document(request.build_absolute_uri("/api")), json_dumps_params={"ensure_ascii": False})


@require_safe
def explained(request: HttpRequest) -> HttpResponse:
    """The same for people."""
    return render(request, "core/api.html", {"document": document(request.build_absolute_uri("/api"))})


def _collection(features: list[Json], query: str) -> Json:
    return geocoding.collection(
        features,
        licence=_("Open data of the municipality; name it as the source."),
        attribution=_("The municipality and the authorities whose records these are"),
        query=query,
    )


def _document(request: HttpRequest, told: Json) -> HttpResponse:
    """What everybody sees may be kept for a minute; an officer's or an agency's answer is private."""
    content = json.dumps(told, ensure_ascii=False, default=str).encode()
    etag = f'W/"{hashlib.blake2b(content, digest_size=16).hexdigest()}"'
    response = HttpResponse(content, content_type=GEOJSON)
    public = audience_of(request) is Audience.PUBLIC
    response["Cache-Control"] = f"public, max-age={KEPT_SECONDS}" if public else "private, max-age=0, must-revalidate"
    response["Content-Language"] = str(get_language())
    response["ETag"] = etag
    patch_vary_headers(response, VARY)
    answer = get_conditional_response(request, etag=etag, response=response)
    return answer if isinstance(answer, HttpResponse) else response


def _refusal(refused: Refusal) -> HttpResponse:
    sentences = {}
    for code in LANGUAGES:
        with override(code):
            sentences[code] = str(refused)
    told = {"code": refused.code, "description": sentences.get(str(get_language()), ""), "descriptions": sentences}
    response = JsonResponse(told, status=refused.status, json_dumps_params={"ensure_ascii": False})
    response["Content-Language"] = str(get_language())
    response["Cache-Control"] = "no-store"
    if refused.status == 503:
        response["Retry-After"] = "30"
    patch_vary_headers(response, VARY)
    return response
