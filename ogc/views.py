"""One address, one function: from the request to pygeoapi and back."""

from collections.abc import Callable
from typing import Any, ClassVar

import pygeoapi.api as core
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from pygeoapi.api import itemtypes

from gis import tiles
from gis.layers import Audience, Layer, registry
from gis.refusals import Refusal

from . import answers, catalogue, documents, openapi, pages, parameters, relief, schemas
from .caller import Caller, calling, current
from .conformance import CLASSES
from .runtime import Request, Shop, shop

METHODS = "GET, HEAD, OPTIONS"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
TILE = "application/vnd.mapbox-vector-tile"
TILE_SECONDS = 60
TILE_VARIES = ("Cookie", "X-API-Key")  # in no language, and of one kind

Answer = tuple[dict[str, str], int, str]
View = Callable[..., HttpResponse]


class NoSuchCollection(Refusal):
    code: ClassVar[str] = "NotFound"
    status: ClassVar[int] = 404
    sentence: ClassVar[str | Promise] = _('There is no collection "%(name)s". See the list of collections.')


class NoSuchAddress(Refusal):
    code: ClassVar[str] = "NotFound"
    status: ClassVar[int] = 404
    sentence: ClassVar[str | Promise] = _("Nothing is published at this address. Begin at the landing page.")


class OnlyRead(Refusal):
    code: ClassVar[str] = "MethodNotAllowed"
    status: ClassVar[int] = 405
    sentence: ClassVar[str | Promise] = _("This can only be read here. Use GET.")


def _answering(function: View) -> View:
    """The function's answer in the caller's language; a refusal of it in both. It gets the language besides."""

    @csrf_exempt
    def view(request: HttpRequest, **parts: Any) -> HttpResponse:
        language = _language(request)
        with override(language):
            try:
                if request.method == "OPTIONS":
                    return HttpResponse(status=204, headers={"Allow": METHODS})
                if request.method not in ("GET", "HEAD"):
                    raise OnlyRead
                return function(request, **parts)
            except Refusal as refused:
                response = answers.refusal(request, refused, language)
                if response.status_code == 405:
                    response["Allow"] = METHODS
                return response

    return view


@_answering
def landing(request: HttpRequest) -> HttpResponse:
    """The landing page: where everything else is."""
    return _through(request, parameters.check(request.GET, parameters.PAGE), core.landing_page)


@_answering
def conformance(request: HttpRequest) -> HttpResponse:
    """The requirement classes that are met."""
    return _through(request, parameters.check(request.GET, parameters.PAGE), _conformance)


@_answering
def api_document(request: HttpRequest) -> HttpResponse:
    """The API document, for programs or as a page."""
    return _through(request, parameters.check(request.GET, parameters.PAGE), _api_document)


@_answering
def collections(request: HttpRequest, collection: str | None = None) -> HttpResponse:
    """All collections, or one."""
    described = catalogue.layers() if collection is None else [_layer(collection)]
    given = parameters.check(request.GET, parameters.PAGE)
    return _through(request, given, _described, described, collection)


@_answering
def schema(request: HttpRequest, collection: str) -> HttpResponse:
    """What a feature of the collection says."""
    given = parameters.check(request.GET, parameters.PAGE)
    return _through(request, given, _schema, _layer(collection), "schema", schemas.schema)


@_answering
def queryables(request: HttpRequest, collection: str) -> HttpResponse:
    """What the collection can be asked by."""
    given = parameters.check(request.GET, parameters.PAGE)
    return _through(request, given, _schema, _layer(collection), "queryables", schemas.queryables)


@_answering
def items(request: HttpRequest, collection: str) -> HttpResponse:
    """Features of the collection."""
    given = parameters.check_items(request.GET, _layer(collection), _audience(request))
    if answers.wants_page(request) and "limit" in given:
        given["limit"] = str(min(int(given["limit"]), pages.MOST_ROWS))
    return _through(request, given, _geojson, itemtypes.get_collection_items, collection)


@_answering
def item(request: HttpRequest, collection: str, feature: str) -> HttpResponse:
    """One feature of the collection."""
    _layer(collection)
    given = parameters.check(request.GET, parameters.ITEM)
    return _through(request, given, _geojson, itemtypes.get_collection_item, collection, feature)


@_answering
def elsewhere(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Any other address below the landing page."""
    raise NoSuchAddress


@_answering
def tile(request: HttpRequest, layer: str, z: int, x: int, y: int) -> HttpResponse:
    """A vector tile of a layer, of the base map's too."""
    found = registry.get(layer)
    if found is None:
        raise NoSuchCollection(name=layer)
    version = tiles.version(found, _audience(request), z, x, y)
    etag = f'W/"{version}"' if version else ""
    if etag and (known := answers.known(request, etag, seconds=TILE_SECONDS, vary=TILE_VARIES)):
        return known
    cut = tiles.tile(found, _audience(request), z, x, y)
    response = HttpResponse(cut.content, content_type=TILE)
    response["X-Features-Dropped"] = str(cut.dropped)
    etag = etag or answers.digest(cut.content)
    return answers.finish(request, response, etag=etag, seconds=TILE_SECONDS, vary=TILE_VARIES)


@_answering
def shade(request: HttpRequest, z: int, x: int, y: int) -> HttpResponse:
    """A tile of hillshade."""
    return relief.answer(request, (z, x, y))


def _through(request: HttpRequest, given: dict[str, str], function: Callable[..., Answer], *parts: Any) -> HttpResponse:
    """What a function of pygeoapi's manner answers to the caller."""
    base = request.build_absolute_uri(reverse("ogc-landing")).rstrip("/")
    with calling(Caller(request, base, str(get_language()), _audience(request), given)):
        api = shop()
        headers, status, content = function(api, Request.from_django(request, api.locales), *parts)
    return answers.document(request, headers, status, content)


def _described(api: Shop, request: Request, layers: list[Layer], collection: str | None) -> Answer:
    """Extents are measured first: pygeoapi leaves out a collection whose description fails, and says nothing."""
    for layer in layers:
        catalogue.measure(layer)
    answer: Answer = core.describe_collections(api, request, collection)
    return answer


def _geojson(api: Shop, request: Request, function: Callable[..., Answer], *parts: str) -> Answer:
    headers, status, content = function(api, request, *parts)
    if request.format == "json":
        headers["Content-Type"] = "application/geo+json"
    return headers, status, content


def _conformance(_api: Shop, request: Request) -> Answer:
    return _written(request, {"conformsTo": list(CLASSES)}, "conformance.html")


def _api_document(_api: Shop, request: Request) -> Answer:
    if request.format == "html":
        return _written(request, {}, "openapi/swagger.html")
    return _written(request, openapi.document(), "", OPENAPI)


def _schema(_api: Shop, request: Request, layer: Layer, name: str, made: Callable[..., dict[str, Any]]) -> Answer:
    now = current()
    address = f"{now.base}/collections/{layer.id}/{name}"
    found = made(layer, now.audience, address)
    return _written(request, found, f"collections/{name}.html", "application/schema+json")


def _written(request: Request, document: dict[str, Any], page: str, media: str = "application/json") -> Answer:
    """A document of ours, or its page."""
    headers = request.get_response_headers()
    if request.format == "html":
        return headers, 200, pages.render(None, None, page, document)
    return headers | {"Content-Type": media}, 200, documents.dumps(document)


def _layer(collection: str) -> Layer:
    layer = catalogue.layer_of(collection)
    if layer is None:
        raise NoSuchCollection(name=collection[:80])
    return layer


def _audience(request: HttpRequest) -> Audience:
    """What the middleware found out about the caller; without it, everybody is the public."""
    audience = getattr(request, "audience", Audience.PUBLIC)
    return audience if isinstance(audience, Audience) else Audience.PUBLIC


def _language(request: HttpRequest) -> str:
    """As the address says, else as Django found out from cookie and browser."""
    given = request.GET.get("lang", "")
    return given if given in parameters.LANGUAGES else str(get_language())
