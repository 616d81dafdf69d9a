"""The request to execute a process: what is asked, how it is to be answered, and values that lie in this feed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, QueryDict
from django.http.request import UnreadablePostError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis.features import nearest
from gis.layers import Audience
from gis.parameters import BadParameter
from gis.processes.inputs import WrongInputs
from gis.processes.registry import Process
from gis.refusals import Refusal
from gis.writing import documents
from gis.writing.faults import Fault, quoted

from . import items, media, systems
from .border import audience_of, base_of, layer_of
from .transactions import NoMediaType, OtherMediaType, Unreadable

MOST_BYTES = 1_000_000
RESPONSES = ("raw", "document")
TAKEN = (media.GEOJSON, media.JSON)
COLLECTION_PARTS, FEATURE_PARTS = 2, 3
MOST_LINKS = 5  # each is a question to the database, answered before the inputs are looked at

NOT_HERE = _(
    '"%(name)s" cannot be fetched from %(given)s. Give the value itself, or the address of items or of one item of '
    "this feed."
)
TOO_MANY_LINKS = _('"inputs" may have up to %(most)s links, not %(given)s. Give values themselves.')
OTHER_SYSTEM = _('"%(name)s" must be in longitude and latitude. Leave crs out of its address.')
NO_RESPONSE = _('"response" must be one of: %(known)s.')
NO_OUTPUT = _('There is no output "%(name)s" here. The nearest is "%(nearest)s".')
NO_WAY = _('The output "%(name)s" is given by value, as %(kind)s. Ask for that, or leave it out.')
NO_CALLBACK = _('"subscriber" cannot be called back from here. Ask for the status of the job instead.')


class RequestTooLarge(Refusal):
    code: ClassVar[str] = "too_large"
    status: ClassVar[int] = 413
    sentence: ClassVar[str | Promise] = _(
        "A request may have %(most)s bytes; this one has more. Simplify what you send."
    )
    counts: ClassVar[tuple[str, ...]] = ("most",)


class NotARequest(BadParameter):
    sentence: ClassVar[str | Promise] = _(
        'The body cannot be read: %(why)s. Send a JSON object with "inputs" in UTF-8.'
    )


@dataclass(frozen=True)
class Wanted:
    """What is asked. `inputs` are plain JSON, with the values that were given by reference in their places."""

    inputs: Any
    response: str = RESPONSES[0]


def read(request: HttpRequest, process: Process) -> Wanted:
    """The request. Raises NoMediaType, OtherMediaType, Unreadable, RequestTooLarge, NotARequest and WrongInputs."""
    document = _document(request)
    faults = [*_faults(document, process)]
    if faults:
        raise WrongInputs(faults)
    inputs = document.get("inputs", {})
    if not isinstance(inputs, dict):
        return Wanted(inputs)  # what reads the inputs says what is wrong with them
    audience, base = audience_of(request), base_of(request)
    links = sum(map(_links, inputs.values()))
    if links > MOST_LINKS:
        raise WrongInputs([Fault("/inputs", TOO_MANY_LINKS, {"most": MOST_LINKS, "given": links})])
    found = {name: _values(name, value, audience, base) for name, value in inputs.items()}
    return Wanted(found, document.get("response", RESPONSES[0]))


def wants_to_wait(request: HttpRequest) -> bool:
    """Is it to be answered at once? Where nothing is preferred it is (RFC 7240)."""
    wishes = (part.partition(";")[0].strip().lower() for part in request.headers.get("Prefer", "").split(","))
    return "respond-async" not in wishes


def _document(request: HttpRequest) -> dict[str, Any]:
    kind = (request.content_type or "").lower()
    if not kind:
        raise NoMediaType(taken=media.JSON)
    if kind != media.JSON:
        raise OtherMediaType(given=kind[:80], taken=media.JSON)
    try:
        content = request.body
    except RequestDataTooBig as error:
        raise RequestTooLarge(most=MOST_BYTES) from error
    except UnreadablePostError as error:
        raise Unreadable from error
    if len(content) > MOST_BYTES:
        raise RequestTooLarge(most=MOST_BYTES)
    try:
        found = json.loads(json.dumps(documents.read(content), default=float, allow_nan=False))
    except documents.NotJson as error:
        raise NotARequest(why=error.details["why"]) from error
    except (ValueError, RecursionError) as error:
        raise NotARequest(why=quoted(str(error))) from error
    if not isinstance(found, dict):
        raise NotARequest(why=quoted(found))
    return found


def _faults(document: Mapping[str, Any], process: Process) -> list[Fault]:
    """What is wrong with how the answer is wanted."""
    found = []
    if document.get("response", RESPONSES[0]) not in RESPONSES:
        found.append(Fault("/response", NO_RESPONSE, {"known": ", ".join(RESPONSES)}))
    if document.get("subscriber"):
        found.append(Fault("/subscriber", NO_CALLBACK))
    outputs = document.get("outputs") or {}
    name = process.output.name
    for given, wish in outputs.items() if isinstance(outputs, dict) else [(quoted(outputs), None)]:
        if given != name:
            found.append(
                Fault(f"/outputs/{given[:80]}", NO_OUTPUT, {"name": given[:80], "nearest": nearest(given, [name])})
            )
        elif not _is_offered(wish):
            found.append(Fault(f"/outputs/{name}", NO_WAY, {"name": name, "kind": process.output.media_type}))
    return found


def _is_offered(wish: Any) -> bool:
    if not isinstance(wish, dict):
        return False
    form = wish.get("format", {})
    by_value = wish.get("transmissionMode", "value") == "value"
    return by_value and isinstance(form, dict) and form.get("mediaType", media.GEOJSON) in TAKEN


def _links(value: Any) -> int:
    values = value if isinstance(value, list) else [value]
    return sum(isinstance(one, dict) and "href" in one for one in values)


def _values(name: str, value: Any, audience: Audience, base: str) -> Any:
    if isinstance(value, list):
        return [_value(name, one, audience, base) for one in value]
    return _value(name, value, audience, base)


def _value(name: str, value: Any, audience: Audience, base: str) -> Any:
    """The value that a link means: of this feed alone, so that nobody sends our server to other ones."""
    if not isinstance(value, dict) or "href" not in value:
        return value
    address = str(value["href"])
    path = urlsplit(address)
    parts = [unquote(part) for part in address.partition("?")[0].removeprefix(f"{base}/collections/").split("/")]
    known = address.startswith(f"{base}/collections/") and parts[1:2] == ["items"]
    if not known or len(parts) not in (COLLECTION_PARTS, FEATURE_PARTS):
        raise WrongInputs([Fault(f"/inputs/{name[:80]}", NOT_HERE, {"name": name[:80], "given": address[:80]})])
    query = QueryDict(path.query)
    if query.get("crs", systems.CRS84) != systems.CRS84:
        raise WrongInputs([Fault(f"/inputs/{name[:80]}", OTHER_SYSTEM, {"name": name[:80]})])
    layer = layer_of(parts[0])
    if len(parts) == FEATURE_PARTS:
        one = items.ask_one(query, layer, audience, base)
        return json.loads(items.read_one(one, parts[2]))
    page = items.read(items.ask(query, layer, audience, base))
    return {"type": "FeatureCollection", "features": json.loads(f"[{page.text}]")}
