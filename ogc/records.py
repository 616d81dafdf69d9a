"""OGC API Records: the catalogue of the layers at /ogc/catalogue, made of their declarations and what the data say."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gis import changes, qualities
from gis.layers import PUBLIC, Layer
from gis.qualities import Quality
from gis.refusals import Refusal

from . import answers, catalogue, documents, media, pages, parameters, record_paths, record_quality
from . import record_documents as described
from . import record_questions as questions
from .border import answering, audience_of, base_of
from .caller import Caller, calling
from .record_questions import Entry
from .wishes import chosen_format

QUALITY_SECONDS = 300


class NoSuchRecord(Refusal):
    code: ClassVar[str] = "NotFound"
    status: ClassVar[int] = 404
    sentence: ClassVar[str | Promise] = _('The catalogue has no record "%(name)s". See the list of records.')


@answering()
def landing(request: HttpRequest) -> HttpResponse:
    """Where everything else of the catalogue is."""
    return _plain(request, described.landing, "catalogue/landing.html")


@answering()
def conformance(request: HttpRequest) -> HttpResponse:
    """The requirement classes that the catalogue meets."""
    return _plain(request, described.conformance, "conformance.html")


@answering()
def api_document(request: HttpRequest) -> HttpResponse:
    """The catalogue's own API document."""
    return _plain(request, record_paths.document, "catalogue/openapi.html", media.OPENAPI)


@answering()
def collections(request: HttpRequest) -> HttpResponse:
    """The collections of records: one."""
    return _plain(request, described.collections, "catalogue/collections.html")


@answering()
def collection(request: HttpRequest) -> HttpResponse:
    """The records of the layers as a collection."""
    return _plain(request, described.collection, "catalogue/collection.html")


@answering()
def sortables(request: HttpRequest) -> HttpResponse:
    """What records can be sorted by."""
    return _plain(request, described.sortables, "collections/sortables.html", media.SCHEMA)


@answering()
def items(request: HttpRequest) -> HttpResponse:
    """The records that are asked for."""
    given = questions.checked(request.GET)
    question, audience = questions.read(given), audience_of(request)

    def made() -> dict[str, Any]:
        entries = questions.answers(question, map(_entry, catalogue.shown()), audience)
        return described.page(entries, question, given)

    return _written(request, given, made, "catalogue/records.html", media.GEOJSON)


@answering()
def item(request: HttpRequest, record: str) -> HttpResponse:
    """The record of one layer."""
    layer = _layer_of(request, record)
    return _plain(request, lambda: described.record(_entry(layer)), "catalogue/record.html", media.GEOJSON)


@answering()
def quality(request: HttpRequest, record: str) -> HttpResponse:
    """How good the layer's data are."""
    layer = _layer_of(request, record)
    return _plain(request, lambda: record_quality.report(layer, _quality(layer)), "catalogue/quality.html")


def _layer_of(request: HttpRequest, record: str) -> Layer:
    """A layer that the caller does not see has no record. Raises NoSuchRecord."""
    layer = catalogue.layer_of(record)
    if layer is None or not layer.is_open(audience_of(request)):
        raise NoSuchRecord(name=record[:80])
    return layer


def _entry(layer: Layer) -> Entry:
    box, span = catalogue.measure(layer)
    return Entry(layer, box, span, *qualities.times(layer))


def _quality(layer: Layer) -> Quality:
    """Remembered for some minutes; not beyond what an authority has just switched off."""
    key = f"ogc-quality:{layer.id}:{changes.opening(layer, PUBLIC)}"
    found: Quality | None = cache.get(key)
    if found is None:
        found = qualities.of(layer)
        cache.set(key, found, QUALITY_SECONDS)
    return found


def _plain(request: HttpRequest, made: Callable[[], dict[str, Any]], page: str, kind: str = media.JSON) -> HttpResponse:
    """What is asked with form and language alone."""
    return _written(request, parameters.check(request.GET, parameters.PAGE), made, page, kind)


def _written(
    request: HttpRequest, given: dict[str, str], made: Callable[[], dict[str, Any]], page: str, kind: str
) -> HttpResponse:
    """The document, or its page for people. The catalogue is the caller's landing page here."""
    language = str(get_language())
    base = f"{base_of(request)}/{described.CATALOGUE}"
    with calling(Caller(request, base, language, audience_of(request), given)):
        document = made()
        if chosen_format(given.get("f", ""), request.headers.get("Accept", "")) == "html":
            text, kind = pages.render(None, None, page, document), media.HTML
        else:
            text = documents.dumps(document)
    return answers.document(request, {"Content-Language": language, "Content-Type": kind}, 200, text)
