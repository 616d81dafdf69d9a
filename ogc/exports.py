"""Files that are made in the background: what the caller is told of one, how it is cancelled and taken.

The states have the names of OGC API Processes. An export of what everybody may see is told to whoever knows its
address, which cannot be guessed; any other to the one who asked for it, as long as they may see what they might then.
"""

from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.crypto import salted_hmac
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gis.downloads import Download, exports
from gis.downloads.exports import Make
from gis.downloads.models import Export
from gis.layers import Audience, registry
from gis.refusals import Refusal
from gis.rights import RightsEnded

from . import answers, asker, items, media, parameters
from .border import answering, audience_of, base_of
from .formats import FORMATS, LARGEST, Format
from .items import Asked

METHODS = ("GET", "HEAD", "DELETE", "OPTIONS")
State = Export.State


class NoSuchExport(Refusal):
    code: ClassVar[str] = "NotFound"
    status: ClassVar[int] = 404
    sentence: ClassVar[str | Promise] = _(
        "There is no such file being made, or not for you. Files are kept for a day: ask for it again."
    )


class NotDone(Refusal):
    code: ClassVar[str] = "NotDone"
    status: ClassVar[int] = 404
    sentence: ClassVar[str | Promise] = _(
        "The file is not there: it is still being made, or was cancelled or not made."
    )


class TooLarge(Refusal):
    code: ClassVar[str] = "TooLarge"
    status: ClassVar[int] = 413
    counts: ClassVar[tuple[str, ...]] = ("most",)
    sentence: ClassVar[str | Promise] = _(
        "With a key that is limited by scopes a file holds up to %(most)s features. Ask for fewer by bbox or filter,"
        " take them page by page with limit, or ask for f=csv or f=jsonfg, which have no end."
    )


def begin(request: HttpRequest, asked: Asked, form: Format, total: int | None) -> HttpResponse:
    """202, and where to look how far it is. Raises TooLarge, TooManyExports and NoRoomForExports."""
    if asked.audience.scope is not None:
        raise TooLarge(most=LARGEST)
    if request.method == "HEAD":
        return _private(HttpResponse(status=202))
    who, user = asker_of(request)
    given = {name: value for name, value in asked.given.items() if name not in ("f", "lang")}
    made = exports.ask_for(
        asker=who, user=user, audience=int(asked.audience), rights=asker.rights_of(request), layer=asked.layer.id,
        format=form.name, given=given, total=total,
    )  # fmt: skip
    response = _told(request, made, status=202)
    response["Location"] = _address(request, made)
    return response


def maker(export: Export) -> Make:
    """What makes the file, as the asker may see the rows."""
    layer, reader = registry[export.layer], export.reader
    download = Download(layer, reader, items.question(export.given, layer, reader), user=export.user)

    def make(path: Path, told: Any) -> int:
        return FORMATS[export.format].write(path, download, told)

    return make


def refused(export: Export) -> Refusal | None:
    """Why whoever asked may not have it any more."""
    return None if asker.held_by(export.asker).covers(export.audience, export.rights) else RightsEnded()


@answering(*METHODS)
def status(request: HttpRequest, export: str) -> HttpResponse:
    """How far it is; DELETE cancels it, or deletes the file."""
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers={"Allow": ", ".join(METHODS)})
    parameters.check(request.GET, ("lang",))
    found = _found(request, export)
    if request.method == "DELETE":
        exports.cancel(found)
        found.refresh_from_db()
    return _told(request, found)


@answering()
def file(request: HttpRequest, export: str) -> HttpResponseBase:
    """The file, while it is kept and whoever asked for it holds all that it was made by."""
    parameters.check(request.GET, ("lang",))
    found = _found(request, export)
    if refusal := refused(found):
        raise refusal
    try:
        content = exports.path_of(found).open("rb") if found.state == State.DONE else None
    except FileNotFoundError:
        content = None
    if content is None:
        raise NotDone
    response = FileResponse(content, content_type=FORMATS[found.format].content_type)
    response["Content-Disposition"] = f'attachment; filename="{found.layer}.{found.format}"'
    return _private(response)


def asker_of(request: HttpRequest) -> tuple[str, UUID | None]:
    """Who asks, and as whom rows are read. The public is told apart by a digest of its addresses."""
    audience, about = audience_of(request), request.__dict__
    if audience is Audience.OFFICER and request.user.pk:
        return f"user:{request.user.pk}", request.user.pk
    if audience is Audience.AGENCY:
        return f"agency:{about['organisation'].pk}", None
    address = about.get("address") or request.META.get("REMOTE_ADDR", "")
    return f"public:{salted_hmac('ogc.exports', str(address)).hexdigest()}", None


def _found(request: HttpRequest, key: str) -> Export:
    if audience_of(request).scope is not None:  # a key that is limited begins none
        raise NoSuchExport
    exports.bury_dead()
    known = items.identifier(key)
    found = Export.objects.filter(pk=known).first() if known else None
    if found is None or (found.reader is not Audience.PUBLIC and found.asker != asker_of(request)[0]):
        raise NoSuchExport
    return found


def _told(request: HttpRequest, export: Export, status: int = 200) -> HttpResponse:
    here = _address(request, export)
    links: list[dict[str, Any]] = [{"rel": "self", "type": media.JSON, "href": here}]
    if export.state == State.DONE:
        kind = FORMATS[export.format].media
        links.append({"rel": "enclosure", "type": kind, "href": f"{here}/file", "length": export.size})
    moments = {
        "created": export.asked_at, "started": export.begun_at, "finished": export.ended_at, "expires": export.ends_at,
    }  # fmt: skip
    done = export.state == State.DONE
    document: dict[str, Any] = {
        "type": "process",
        "jobID": str(export.pk),
        "status": export.state,
        "collection": export.layer,
        "format": export.format,
        "numberReturned": export.number,
        "links": links,
    }
    if export.total is not None or done:
        document["numberMatched"] = export.number if done else export.total
        document["progress"] = 100 if done else min(99, 100 * export.number // max(1, export.total or 0))
    document |= {name: moment.isoformat(timespec="seconds") for name, moment in moments.items() if moment}
    if message := export.message_en if get_language() == "en" else export.message_ar:
        document["message"] = message
    content = JsonResponse(document, status=status, json_dumps_params={"ensure_ascii": False})
    return _private(content)


def _private[R: HttpResponseBase](response: R) -> R:
    response["Cache-Control"] = "private, no-store"
    patch_vary_headers(response, answers.VARY)
    return response


def _address(request: HttpRequest, export: Export) -> str:
    return f"{base_of(request)}/exports/{export.pk}"
