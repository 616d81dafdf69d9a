"""Features written over HTTP (OGC API Features part 4, draft 20-002r1), for every layer by its declaration.

Nothing is written without a validator of what was seen; what is refused says all that is wrong; nothing is written in
part. A layer whose changes are approved makes drafts (202), one that is only read answers 405.
"""

import re
from typing import Any, ClassVar
from uuid import UUID

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gis.features import Output, reading
from gis.layers import Audience, Layer
from gis.parameters import FILTERS, FORM, BadParameter
from gis.refusals import Refusal
from gis.scopes import DELETE, UPDATE
from gis.writing import documents, records, states
from gis.writing.faults import Fault
from gis.writing.fitting import Given
from gis.writing.records import Written
from gis.writing.refusals import NotThere
from gis.writing.states import State

from . import media, parameters, preconditions, systems, writers
from .documents import dumps

GETTING = ("GET", "HEAD")
READING = (*GETTING, "OPTIONS")
EVERY = (*READING, "POST", "PUT", "PATCH", "DELETE", "TRACE")
WHOLE, PATCH = (media.GEOJSON, media.JSON), ("application/merge-patch+json",)
PARAMETERS = ("f", "lang", "reason")
LONGEST_REASON = 1000
PREFERENCE = re.compile(r"\s*([a-z-]+)\s*=\s*\"?([a-z]+)\"?\s*(?:;.*)?", re.IGNORECASE)


class NotWritten(Refusal):
    code: ClassVar[str] = "MethodNotAllowed"
    status: ClassVar[int] = 405
    sentence: ClassVar[str | Promise] = _(
        "Features of this collection cannot be changed by %(method)s. Allowed: %(allowed)s."
    )


class NeverEnded(NotWritten):
    sentence: ClassVar[str | Promise] = _(
        "A draft says what a feature is to become; none says that it is to end. End the record at the desk. "
        "Allowed: %(allowed)s."
    )


class NoMediaType(Refusal):
    code: ClassVar[str] = "NoMediaType"
    status: ClassVar[int] = 400
    sentence: ClassVar[str | Promise] = _("Say in the header Content-Type what you send: %(taken)s.")


class OtherMediaType(Refusal):
    code: ClassVar[str] = "UnsupportedMediaType"
    status: ClassVar[int] = 415
    sentence: ClassVar[str | Promise] = _("The body cannot be of type %(given)s. Send it as %(taken)s.")
    headers: ClassVar[dict[str, str]] = {"Accept-Post": ", ".join(WHOLE), "Accept-Patch": ", ".join(PATCH)}


class Unreadable(Refusal):
    code: ClassVar[str] = "Unreadable"
    status: ClassVar[int] = 400
    sentence: ClassVar[str | Promise] = _("The body did not arrive whole. Send it again.")


class ReasonTooLong(BadParameter):
    parameter: ClassVar[str] = "reason"
    sentence: ClassVar[str | Promise] = _("The reason is longer than %(most)s characters. Shorten it.")


class ReasonUnwritable(BadParameter):
    parameter: ClassVar[str] = "reason"
    sentence: ClassVar[str | Promise] = _("The reason holds a character that no text has (NUL). Leave it out.")


def answer(request: HttpRequest, layer: Layer, feature: str = "") -> HttpResponse:
    """What a method that writes is answered; OPTIONS: what this caller may do here. Raises a Refusal."""
    method = str(request.method)
    declared = allowed(layer, item=bool(feature))
    if method != "OPTIONS" and method not in declared:
        refusal = NeverEnded if layer.drafts and feature and method == "DELETE" else NotWritten
        raise refusal(method=method, allowed=", ".join(declared))
    given = parameters.check(request.GET, PARAMETERS)
    if len(given.get("reason", "")) > LONGEST_REASON:
        raise ReasonTooLong(most=LONGEST_REASON)
    if "\x00" in given.get("reason", ""):
        raise ReasonUnwritable
    if method == "OPTIONS":
        return _options(request, layer, feature)
    writer = writers.writer_of(request, layer)
    reason = given.get("reason", "")
    if method == "POST":
        return _create(request, layer, writer, reason)
    key = _key(feature)
    if records.whose(layer, key) is None and not records.is_seen(layer, key):
        raise NotThere(record=feature[:80])
    if method == "DELETE":
        records.remove(layer, key, writer, preconditions.comparing(request), reason=reason)
        return HttpResponse(status=204)
    return _change(request, layer, key, writer, reason)


def allowed(layer: Layer, *, item: bool) -> tuple[str, ...]:
    """The methods that the declaration of the layer gives to those who may write it."""
    if layer.writes == "none" or (layer.writes == "draft" and layer.drafts is None):
        return READING
    if not item:
        return (*READING, "POST")
    return (*READING, "PUT", "PATCH", *(() if layer.drafts else ("DELETE",)))


def state_of(layer: Layer, audience: Audience, feature: str) -> State | None:
    """The state of a feature, to be asked before it is read: what is read later may be newer, never older.

    For officers and keys, who may write: the second of a change is not for everybody where its place is not.
    """
    changes = audience.scope is not None and any(
        audience.scope.opens(layer.id, verb, owned=layer.owned) for verb in (UPDATE, DELETE)
    )
    if audience is not Audience.OFFICER and not changes:
        return None
    try:
        return states.of(layer, audience, UUID(feature))
    except ValueError:
        return None


def _options(request: HttpRequest, layer: Layer, feature: str) -> HttpResponse:
    methods = allowed(layer, item=bool(feature))
    if writers.by_key(request):
        methods = writers.methods_by_key(request, layer, methods)
    elif not _may(request, layer, feature):
        methods = READING
    writes = "POST" in methods
    if "POST" in allowed(layer, item=bool(feature)) and not writes:
        methods = (*methods, "POST")  # a question, for which an address is too short
    response = HttpResponse(status=200, headers={"Allow": ", ".join(methods), "Cache-Control": "no-store"})
    if "POST" in methods:
        response["Accept-Post"] = ", ".join((*(WHOLE if writes else ()), FORM, *FILTERS))
    if "PATCH" in methods:
        response["Accept-Patch"] = ", ".join(PATCH)
    return response


def _may(request: HttpRequest, layer: Layer, feature: str) -> bool:
    if not writers.may_write(request) or not feature:
        return writers.may_write(request)
    authority = records.whose(layer, _key(feature))
    return authority is not None and writers.may_write(request, authority)


def _create(request: HttpRequest, layer: Layer, writer: records.Writer, reason: str) -> HttpResponse:
    given = _given(request, WHOLE, writer)
    written = records.create(layer, given, writer, reason=reason)
    if written.draft:
        return _drafted(request, written)
    location = request.build_absolute_uri(f"{_items(layer)}/{written.record}")
    return _written(request, layer, written, 201, {"Location": location}, writer)


def _change(request: HttpRequest, layer: Layer, key: UUID, writer: records.Writer, reason: str) -> HttpResponse:
    whole = request.method == "PUT"
    compare = preconditions.comparing(request)
    given = _given(request, WHOLE if whole else PATCH, writer, key=key, layer=layer)
    written = records.change(layer, key, given, writer, compare, whole=whole, reason=reason)
    return _drafted(request, written) if written.draft else _written(request, layer, written, 200, {}, writer)


def _given(
    request: HttpRequest,
    taken: tuple[str, ...],
    writer: records.Writer,
    *,
    key: UUID | None = None,
    layer: Layer | None = None,
) -> Given:
    """What the body says. Raises NoMediaType, OtherMediaType, TooLarge, NotJson and NoSuchSystem."""
    kind = (request.content_type or "").lower()
    if not kind:
        raise NoMediaType(taken=", ".join(taken))
    if kind not in taken:
        raise OtherMediaType(given=kind[:80], taken=", ".join(taken))
    uri = request.headers.get("Content-Crs", systems.CRS84).strip().removeprefix("<").removesuffix(">")
    system = systems.offered(uri, "Content-Crs")
    faults: list[Fault] = []
    lenient = _preferred(request).get("handling") == "lenient"
    patch = taken == PATCH
    sent = documents.sent(documents.read(_body(request)), faults, patch=patch, record=str(key or ""), lenient=lenient)
    read = _read(layer, key, writer) if layer is not None and key is not None else {}
    return Given(sent, system, tuple(faults), read, lenient=lenient, audience=writer.audience)


def _body(request: HttpRequest) -> bytes:
    try:
        return request.body
    except RequestDataTooBig as error:
        raise documents.TooLarge(most=documents.MOST_BYTES) from error
    except UnreadablePostError as error:
        raise Unreadable from error


def _read(layer: Layer, key: UUID, writer: records.Writer) -> dict[str, Any]:
    """What the feature says now to the writer, so that it may be given back."""
    text = reading.one(layer, writer.audience, key, Output())
    found = documents.read(text.encode()) if text else {}
    return dict(found.get("properties") or {})


def _written(
    request: HttpRequest, layer: Layer, written: Written, status: int, more: dict[str, str], writer: records.Writer
) -> HttpResponse:
    assert written.record  # noqa: S101  (a draft is answered otherwise)
    wish = _preferred(request).get("return", "")
    if wish == "representation":
        text = (reading.one(layer, writer.audience, written.record, Output()) or "").encode()
        response = HttpResponse(text, status=status, content_type=media.GEOJSON)
        response["Content-Crs"] = f"<{systems.CRS84}>"
        response["Content-Language"] = str(get_language())
    else:
        response = HttpResponse(status=204 if status == 200 else status)
        text = b""
    validators = preconditions.headers(written.state, text)
    applied = {"Preference-Applied": f"return={wish}"} if wish in ("representation", "minimal") else {}
    for name, value in (validators | more | applied | {"Cache-Control": "no-store"}).items():
        response[name] = value
    return response


def _drafted(request: HttpRequest, written: Written) -> HttpResponse:
    """Nothing has changed yet: where it is decided."""
    address = request.build_absolute_uri(written.draft)
    said = {"state": "proposed", "links": [{"rel": "monitor", "type": media.HTML, "href": address}]}
    return HttpResponse(
        dumps(said), status=202, content_type=media.JSON, headers={"Location": address, "Cache-Control": "no-store"}
    )


def _preferred(request: HttpRequest) -> dict[str, str]:
    """The wishes of the header Prefer (RFC 7240) by name; the first of each counts."""
    found: dict[str, str] = {}
    for part in request.headers.get("Prefer", "").split(","):
        if match := PREFERENCE.fullmatch(part):
            found.setdefault(match[1].lower(), match[2].lower())
    return found


def _key(feature: str) -> UUID:
    try:
        return UUID(feature)
    except ValueError as error:
        raise NotThere(record=feature[:80]) from error


def _items(layer: Layer) -> str:
    return f"{reverse('ogc-landing')}/collections/{layer.id}/items"
