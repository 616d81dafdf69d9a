"""What has changed in a collection since a token: for whoever keeps a copy of it.

    GET /ogc/collections/{id}/changes                    where the log stands now: a token, then read the items
    GET /ogc/collections/{id}/changes?since=TOKEN        what has changed since, and the token to go on with
    GET /ogc/collections/{id}/changes?since=beginning    the whole log, for a copy that begins empty

A token holds for one collection, one filter and one reader; it never grows old, but another log begins (410) when the
database was restored, the layer is declared otherwise, or the reader may see other records than before.
"""

import hashlib
import json
from typing import ClassVar
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis import change_feed, changes, features, freshness, published
from gis.change_feed import Question, Told
from gis.changes import BadToken, LogRestarted, Token
from gis.features import MOST_ON_A_PAGE
from gis.layers import Audience, Layer
from gis.parameters import BadParameter, known_and_once
from gis.refusals import Refusal

from . import answers, asker, items, media, parameters, systems
from .border import answering, audience_of, layer_of
from .described import REFUSED, Part, query, read, refs
from .waiting import LONGEST_S, NOTHING_NEW

BEGINNING = "beginning"
FILTER = ("filter", "filter-lang", "filter-crs")
NAMES = ("f", "lang", "since", "limit", "bbox", "bbox-crs", "crs", "mode", "wait", *FILTER)
MODES = ("compacted", "full")
DEFAULT_LIMIT = 1000
CHANGE = {
    "type": "object",
    "required": ["op", "id", "at"],
    "properties": {
        "op": {"type": "string", "enum": ["insert", "update", "delete"]},
        "id": {"type": "string", "format": "uuid"},
        "at": {"type": "string", "format": "date-time"},
        "feature": {"$ref": "#/components/schemas/Feature"},
    },
}
DOCUMENT = {
    "type": "object",
    "required": ["collection", "mode", "numberReturned", "more", "token", "links", "changes"],
    "properties": {
        "collection": {"type": "string"},
        "mode": {"type": "string", "enum": list(MODES)},
        "numberReturned": {"type": "integer", "minimum": 0},
        "more": {"type": "boolean"},
        "token": {"type": "string"},
        "links": {"type": "array", "items": {"$ref": "#/components/schemas/Link"}},
        "changes": {"type": "array", "items": CHANGE},
    },
}


class NoToken(BadToken, BadParameter):
    parameter: ClassVar[str] = "since"


class OtherQuestion(BadParameter):
    code: ClassVar[str] = "token_of_another_question"
    parameter: ClassVar[str] = "since"
    sentence: ClassVar[str | Promise] = _(
        "This token belongs to another collection or filter. Keep collection, bbox and values as they were when you "
        "got it, or begin without since."
    )


class OnlyNewest(Refusal):
    code: ClassVar[str] = "only_newest"
    status: ClassVar[int] = 403
    sentence: ClassVar[str | Promise] = _(
        "Only officers are told every version. Ask for mode=compacted: the newest of each feature."
    )


class NoWait(BadParameter):
    parameter: ClassVar[str] = "wait"
    sentence: ClassVar[str | Promise] = _('wait must be whole seconds from 0 to %(most)s, not "%(given)s".')


@answering()
def page(request: HttpRequest, collection: str) -> HttpResponse:
    """A page of changes, or where the log stands."""
    layer, audience = layer_of(collection), audience_of(request)
    given = _checked(request, layer, audience)
    question = _question(layer, audience, given)
    mark = _mark(layer, audience, given)
    change_feed.check(layer, audience, question)
    since = given.get("since")
    if since is None:
        token = changes.start(layer, audience=audience, using=published.alias(audience))
        return _answer(request, layer, given, [], f"{token}.{mark}", more=False)
    limit = int(given.get("limit", DEFAULT_LIMIT))
    found, token, more = change_feed.page(layer, audience, question, since=_token(since, mark), limit=limit)
    response = _answer(request, layer, given, found, f"{token}.{mark}", more=more)
    if not found and not more:
        response[NOTHING_NEW] = asker.mark_of(request)
    return response


def described() -> Part:
    """This address in the API document."""
    text = {"type": "string"}
    whole = {"type": "integer", "minimum": 0, "maximum": LONGEST_S, "default": 0}
    modes = {"type": "string", "enum": list(MODES), "default": MODES[0]}
    since = str(_('The token of the last page, or "beginning"; without it the answer tells where the log is'))
    own = [
        query("since", since, text | {"format": "change-token"}),
        query("mode", str(_("The newest version of each feature, or, for officers, every version")), modes),
        query("wait", str(_("How many seconds to wait for a change")), whole),
    ]
    shared = refs("parameters", ("collectionId", "bbox", "bbox-crs", *FILTER, "crs", "limit"))
    refused = (*REFUSED, "410")
    summary = str(_("What has changed, for whoever keeps a copy"))
    told = read("changes", summary, [*shared, *own], (media.JSON,), refused=refused)
    told["responses"]["200"]["content"] = {media.JSON: {"schema": DOCUMENT}}
    return told


def _checked(request: HttpRequest, layer: Layer, audience: Audience) -> dict[str, str]:
    """The parameters, each known, given once and well formed."""
    visible = published.properties(layer, audience)
    given = known_and_once(request.GET, (*NAMES, *visible))
    for name, choices in (("f", ("json",)), ("lang", parameters.LANGUAGES), ("mode", MODES)):
        if name in given and given[name] not in choices:
            raise parameters.NotOneOf(name=name, given=given[name][:80], known=", ".join(choices))
    wait = given.get("wait", "0").translate(parameters.DIGITS)
    if not (wait.isascii() and wait.isdigit() and len(wait) < 10 and int(wait) <= LONGEST_S):
        raise NoWait(given=given["wait"][:80], most=LONGEST_S)
    if "limit" in given:
        digits = given["limit"].translate(parameters.DIGITS)
        if not parameters.NUMBER.fullmatch(digits) or int(digits) < 1:
            raise parameters.NoLimit(given=given["limit"][:80], most=MOST_ON_A_PAGE)
        given["limit"] = str(min(int(digits), MOST_ON_A_PAGE))
    for name, kind in visible.items():
        if name in given:
            features.read_value(name, kind, given[name])
    return given


def _question(layer: Layer, audience: Audience, given: dict[str, str]) -> Question:
    if given.get("mode") == "full" and audience is not Audience.OFFICER:
        raise OnlyNewest
    parameters.check_filter(given)
    if "bbox-crs" in given and "bbox" not in given:
        raise parameters.BoxWithoutBox
    system = systems.offered(given.get("bbox-crs", systems.CRS84), "bbox-crs")
    return Question(
        areas=parameters.read_box(given["bbox"], system) if "bbox" in given else (),
        filter=items.filter_of(given),
        filter_system=systems.offered(given.get("filter-crs", systems.CRS84), "filter-crs"),
        equals={name: given[name] for name in published.properties(layer, audience) if name in given},
        output=systems.offered(given.get("crs", systems.CRS84), "crs"),
        full=given.get("mode") == "full",
    )


def _mark(layer: Layer, audience: Audience, given: dict[str, str]) -> str:
    """What a token holds for: collection and filter, and for an officer whose records are read in full."""
    visible = published.properties(layer, audience)
    asked = [layer.id, *((name, given.get(name)) for name in ("bbox", "bbox-crs", *FILTER, *visible) if name in given)]
    parts = (asked, published.whose(audience))
    return ".".join(hashlib.sha256(repr(part).encode()).hexdigest()[:12] for part in parts)


def _token(since: str, mark: str) -> Token | None:
    """The place in the log; None for its beginning. Raises NoToken, OtherQuestion and LogRestarted."""
    if since == BEGINNING:
        return None
    place, _dot, marked = since.partition(".")
    try:
        token = Token.parse(place)
    except BadToken as error:
        raise NoToken from error
    asked, _dot, whose = marked.partition(".")
    if asked != mark.partition(".")[0]:
        raise OtherQuestion if len(asked) == 12 else NoToken
    if whose != mark.partition(".")[2]:
        raise LogRestarted
    return token


def _answer(
    request: HttpRequest, layer: Layer, given: dict[str, str], found: list[Told], token: str, *, more: bool
) -> HttpResponse:
    base = request.build_absolute_uri(reverse("ogc-landing")).rstrip("/")
    address = f"{base}/collections/{layer.id}"
    document = {
        "collection": layer.id,
        "mode": given.get("mode", MODES[0]),
        "numberReturned": len(found),
        "more": more,
        "token": token,
        "links": [
            {"rel": "next", "type": media.JSON, "href": f"{address}/changes?{urlencode(given | {'since': token})}"},
            {"rel": "collection", "type": media.JSON, "href": address},
        ],
    }
    written = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    told = ",".join(map(_written, found))
    content = f'{written[:-1]},"changes":[{told}]}}'
    response = HttpResponse(content, content_type=media.JSON)
    if "crs" in given:
        response["Content-Crs"] = f"<{given['crs']}>"
    fresh = freshness.of(layer, audience_of(request))
    fresh = fresh and fresh._replace(settled=None)  # what is told depends on the place in the log
    return answers.finish(request, response, etag=answers.digest(content.encode()), fresh=fresh)


def _written(change: Told) -> str:
    said = {"op": change.op, "id": str(change.id), "at": change.at.isoformat()}
    text = json.dumps(said, separators=(",", ":"))
    return text if change.feature is None else f'{text[:-1]},"feature":{change.feature}}}'
