"""One address, one function: from the request to pygeoapi and back."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, ClassVar

import pygeoapi.api as core
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.utils.functional import Promise
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from gis import freshness, tiles
from gis.freshness import Freshness
from gis.layers import Audience, Layer, registry
from gis.refusals import Refusal

from . import (
    answers,
    catalogue,
    documents,
    downloads,
    formats,
    media,
    moments,
    openapi,
    pages,
    parameters,
    questions,
    relief,
    schemas,
    transactions,
)
from . import items as reading
from .border import NoSuchCollection, answering, audience_of, base_of, language_of, layer_of
from .caller import Caller, calling, current
from .conformance import CLASSES
from .relations import from_landing
from .runtime import Request, Shop, shop

RELEASED = answers.RELEASED
TILE_SECONDS = 60
TILE_VARIES = ("Cookie", "X-API-Key", "Authorization")  # in no language, and of one kind

Answer = tuple[dict[str, str], int, str]


class NoSuchAddress(Refusal):
    code: ClassVar[str] = "NotFound"
    status: ClassVar[int] = 404
    sentence: ClassVar[str | Promise] = _("Nothing is published at this address. Begin at the landing page.")


@answering()
def landing(request: HttpRequest) -> HttpResponse:
    """The landing page: where everything else is."""
    return _through(request, parameters.check(request.GET, parameters.PAGE), _landing, fresh=RELEASED)


@answering()
def conformance(request: HttpRequest) -> HttpResponse:
    """The requirement classes that are met."""
    return _through(request, parameters.check(request.GET, parameters.PAGE), _conformance, fresh=RELEASED)


@answering()
def api_document(request: HttpRequest) -> HttpResponse:
    """The API document, for programs or as a page."""
    return _through(request, parameters.check(request.GET, parameters.PAGE), _api_document, fresh=RELEASED)


@answering()
def collections(request: HttpRequest, collection: str | None = None) -> HttpResponse:
    """All collections, or one."""
    listed = [layer for layer in catalogue.layers() if layer.is_open(audience_of(request))]
    described = listed if collection is None else [layer_of(collection)]
    given = parameters.check(request.GET, parameters.PAGE)
    # Told by the second, and no more: extents are remembered for minutes (`catalogue.measure`).
    fresh = freshness.of_all(described, audience_of(request))
    return _through(request, given, _described, described, collection, fresh=fresh)


@answering()
def schema(request: HttpRequest, collection: str) -> HttpResponse:
    """What a feature of the collection says."""
    given = parameters.check(request.GET, parameters.PAGE)
    return _through(request, given, _schema, layer_of(collection), "schema", schemas.schema, fresh=RELEASED)


@answering()
def queryables(request: HttpRequest, collection: str) -> HttpResponse:
    """What the collection can be asked by."""
    given = parameters.check(request.GET, parameters.PAGE)
    return _through(request, given, _schema, layer_of(collection), "queryables", schemas.queryables, fresh=RELEASED)


@answering()
def sortables(request: HttpRequest, collection: str) -> HttpResponse:
    """What the collection's features can be sorted by."""
    given = parameters.check(request.GET, parameters.PAGE)
    return _through(request, given, _schema, layer_of(collection), "sortables", schemas.sortables, fresh=RELEASED)


@answering(*transactions.EVERY)
def items(request: HttpRequest, collection: str) -> HttpResponseBase:
    """Features of the collection."""
    layer, question = layer_of(collection), questions.posted(request)
    if question is not None:
        return _posted(request, layer, question)
    if request.method not in transactions.GETTING:
        return transactions.answer(request, layer)
    return _listed(request, layer)


def _posted(request: HttpRequest, layer: Layer, question: QueryDict) -> HttpResponseBase:
    """A question that came as a body is answered as one in the address; a key that only writes asks nothing."""
    if not layer.is_open(audience_of(request)):
        raise NoSuchCollection(name=layer.id)
    request.GET = question  # type: ignore[assignment]
    with override(language_of(request)):
        return _listed(request, layer, posted=True)


def _listed(request: HttpRequest, layer: Layer, *, posted: bool = False) -> HttpResponseBase:
    if form := formats.chosen(request.GET.get("f", ""), request.headers.get("Accept", "")):
        return downloads.answer(request, layer, form)
    asked = reading.ask(moments.negotiated(request), layer, audience_of(request), base_of(request))
    asked = replace(asked, posted=posted)
    if answers.wants_page(request):
        return _page(request, asked.given, pages.listing, asked)
    fresh = reading.fresh(asked)  # before the features: never newer than they are
    page = reading.read(asked)
    return answers.written(request, reading.headers(asked, page), *reading.collection(asked, page), fresh=fresh)


@answering(*transactions.EVERY)
def item(request: HttpRequest, collection: str, feature: str) -> HttpResponse:
    """One feature of the collection."""
    layer = layer_of(collection)
    if request.method not in transactions.GETTING:
        return transactions.answer(request, layer, feature)
    asked = reading.ask_one(moments.negotiated(request), layer, audience_of(request), base_of(request))
    state = None  # of the present alone
    if asked.query.past is None:  # before the feature: never newer than it
        state = transactions.state_of(layer, audience_of(request), feature)
    fresh = reading.fresh(asked)
    text = reading.read_one(asked, feature)
    if answers.wants_page(request):
        return _page(request, asked.given, pages.single, asked, text)
    content = reading.feature(asked, feature, text)
    return answers.written(request, reading.headers(asked, None, feature), content, state=state, fresh=fresh)


@answering()
def elsewhere(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Any other address below the landing page."""
    raise NoSuchAddress


@answering()
def tile(request: HttpRequest, layer: str, z: int, x: int, y: int) -> HttpResponse:
    """A vector tile of a layer, of the base map's too."""
    found = registry.get(layer)
    if found is None:
        raise NoSuchCollection(name=layer)
    version = tiles.version(found, audience_of(request), z, x, y)
    etag = f'W/"{version}"' if version else ""
    if etag and (known := answers.known(request, etag, seconds=TILE_SECONDS, vary=TILE_VARIES)):
        return known
    cut = tiles.tile(found, audience_of(request), z, x, y)
    response = HttpResponse(cut.content, content_type=media.TILE)
    response["X-Features-Dropped"] = str(cut.dropped)
    etag = etag or answers.digest(cut.content)
    return answers.finish(request, response, etag=etag, seconds=TILE_SECONDS, vary=TILE_VARIES)


@answering()
def shade(request: HttpRequest, z: int, x: int, y: int) -> HttpResponse:
    """A tile of hillshade."""
    return relief.answer(request, (z, x, y))


def _through(
    request: HttpRequest, given: dict[str, str], function: Callable[..., Answer], *parts: Any, fresh: Freshness | None
) -> HttpResponse:
    """What a function of pygeoapi's manner answers to the caller."""
    with calling(Caller(request, base_of(request), str(get_language()), audience_of(request), given)):
        api = shop()
        headers, status, content = function(api, Request.from_django(request, api.locales), *parts)
    # What a caller of one's own is told depends on rights, too.
    if audience_of(request) is not Audience.PUBLIC and fresh is not None:
        fresh = fresh._replace(settled=None)
    return answers.document(request, headers, status, content, fresh=fresh)


def _page(
    request: HttpRequest, given: Mapping[str, str], made: Callable[..., str], asked: reading.Asked, *parts: Any
) -> HttpResponse:
    """A page of features for people."""
    fresh = reading.fresh(asked)
    language = str(get_language())
    with calling(Caller(request, base_of(request), language, audience_of(request), given)):
        content = made(asked, *parts)
    headers = {"Content-Type": media.HTML, "Content-Language": language}
    return answers.document(request, headers, 200, content, fresh=fresh, seconds=0)


def _landing(api: Shop, request: Request) -> Answer:
    headers, status, content = core.landing_page(api, request)
    if request.format == "json":
        document = documents.parse(content)
        document["links"] += from_landing(current().base)
        content = documents.dumps(document)
    return headers, status, content


def _described(api: Shop, request: Request, layers: list[Layer], collection: str | None) -> Answer:
    """Extents are measured first: pygeoapi leaves out a collection whose description fails, and says nothing."""
    for layer in layers:
        catalogue.measure(layer)
    answer: Answer = core.describe_collections(api, request, collection)
    return answer


def _conformance(_api: Shop, request: Request) -> Answer:
    return _written(request, {"conformsTo": list(CLASSES)}, "conformance.html")


def _api_document(_api: Shop, request: Request) -> Answer:
    if request.format == "html":
        return _written(request, {}, "openapi/swagger.html")
    return _written(request, openapi.document(), "", media.OPENAPI)


def _schema(_api: Shop, request: Request, layer: Layer, name: str, made: Callable[..., dict[str, Any]]) -> Answer:
    now = current()
    address = f"{now.base}/collections/{layer.id}/{name}"
    found = made(layer, now.audience, address)
    return _written(request, found, f"collections/{name}.html", media.SCHEMA)


def _written(request: Request, document: dict[str, Any], page: str, kind: str = media.JSON) -> Answer:
    """A document of ours, or its page."""
    headers = request.get_response_headers()
    if request.format == "html":
        return headers, 200, pages.render(None, None, page, document)
    return headers | {"Content-Type": kind}, 200, documents.dumps(document)
