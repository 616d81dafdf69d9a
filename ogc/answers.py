"""HTTP around the documents: headers, validators, refusals in both languages."""

import hashlib
import time
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date
from django.utils.translation import override

from gis.freshness import Freshness
from gis.layers import Audience
from gis.parameters import BadParameter
from gis.refusals import Refusal
from gis.writing.states import State

from . import caller, media, pages, preconditions
from .parameters import LANGUAGES
from .wishes import chosen_format

RETRY_SECONDS = 30
VARY = ("Accept", "Accept-Datetime", "Accept-Language", "Cookie", "X-API-Key", "Authorization")
# pygeoapi's headers that say nothing to a caller.
DOCUMENT_SECONDS = 120  # what describes the feed changes seldom; features are asked for anew each time
# What is made of declarations alone is as old as the process that serves them.
RELEASED = Freshness(int(time.time()), int(time.time()))
LEFT_OUT = {"X-Powered-By", "Content-Encoding"}


def document(
    request: HttpRequest,
    headers: Mapping[str, str],
    status: int,
    content: str,
    *,
    fresh: Freshness | None = None,
    seconds: int = DOCUMENT_SECONDS,
) -> HttpResponse:
    """A document with a weak validator. Without `fresh` nobody knows since when it is as it is, but for the release.

    A page for people says more than the document: whose it is, and in which clothes.
    """
    response = HttpResponse(content, status=status)
    for name, value in headers.items():
        if name not in LEFT_OUT:
            response[name] = value
    told = max(fresh.told if fresh else 0, RELEASED.told)
    settled = fresh.settled if fresh and not headers.get("Content-Type", "").startswith(media.HTML) else None
    known = Freshness(told, None if settled is None else told)
    return finish(request, response, etag=digest(content.encode()), seconds=seconds, fresh=known)


def written(
    request: HttpRequest,
    headers: Mapping[str, str],
    content: str,
    end: str = "",
    *,
    state: State | None = None,
    fresh: Freshness | None = None,
) -> HttpResponse:
    """Features that the database wrote; `end` varies with the moment and not with what is told.

    One feature has the validators that a writer of it needs: those of its `state`, where it is known.
    """
    told = content.encode()
    response = HttpResponse(told + end.encode(), headers=headers)
    if state is None:
        return finish(request, response, etag=digest(told), fresh=fresh)
    validators = preconditions.headers(state, told)
    etag = validators.pop("ETag")
    for name, value in validators.items():
        response[name] = value
    return finish(request, response, etag=etag, fresh=fresh)


def digest(content: bytes) -> str:
    """A weak validator of the content."""
    return f'W/"{hashlib.sha256(content).hexdigest()[:32]}"'


def finish(
    request: HttpRequest,
    response: HttpResponse,
    *,
    etag: str,
    seconds: int = 0,
    vary: Iterable[str] = VARY,
    fresh: Freshness | None = None,
) -> HttpResponse:
    """Caching by audience, 304 where the caller has it already, no body for HEAD.

    What everybody sees may be kept by everybody for `seconds`, and is then asked for anew; the rest is private.
    """
    response["Cache-Control"] = kept_for(getattr(request, "audience", Audience.PUBLIC), seconds)
    response["ETag"] = etag
    if fresh is not None:
        response.setdefault("Last-Modified", http_date(fresh.told))
    patch_vary_headers(response, vary)
    settled = fresh.settled if fresh else None
    answer = get_conditional_response(request, etag=etag, last_modified=settled, response=response)
    return _without_body(request, answer if isinstance(answer, HttpResponse) else response)


def kept_for(audience: Audience, seconds: int) -> str:
    """How long, and by whom, an answer may be kept."""
    kept = f"public, max-age={seconds}" if audience is Audience.PUBLIC else "private, max-age=0"
    return f"{kept}, must-revalidate"


def known(
    request: HttpRequest, etag: str, *, seconds: int, vary: Iterable[str], fresh: Freshness | None = None
) -> HttpResponse | None:
    """The answer to a caller who has it already, before anything is made of it; None for everybody else."""
    answer = finish(request, HttpResponse(), etag=etag, seconds=seconds, vary=vary, fresh=fresh)
    return None if answer.status_code == 200 else answer


def refusal(request: HttpRequest, refused: Refusal, language: str) -> HttpResponse:
    """One sentence that says what to do, in the caller's language, and for programs in both."""
    body = problem(refused, language)
    if wants_page(request):
        now = caller.Caller(request, request.build_absolute_uri("/ogc"), language)
        with caller.calling(now):
            response = HttpResponse(pages.render(None, None, "exception.html", body), status=refused.status)
    else:
        response = JsonResponse(
            body, status=refused.status, content_type=media.PROBLEM, json_dumps_params={"ensure_ascii": False}
        )
    response["Content-Language"] = language
    response["Cache-Control"] = "no-store"
    if refused.status == 503:
        response["Retry-After"] = str(RETRY_SECONDS)
    patch_vary_headers(response, VARY)
    return _without_body(request, response)


def problem(refused: Refusal, language: str) -> dict[str, Any]:
    """The refusal as a problem document (RFC 9457): `detail` in the caller's language, `details` in each.

    `code` tells problems apart, `parameter` says which one is at fault; only those that a standard names have a type.
    """
    sentences = {}
    for code in LANGUAGES:
        with override(code):
            sentences[code] = str(refused)
    document = {
        "type": getattr(refused, "problem_type", "about:blank"),
        "title": HTTPStatus(refused.status).phrase,
        "status": refused.status,
    }
    document |= {"detail": sentences[language], "code": refused.code, "details": sentences}
    named = refused.details.get("name") if isinstance(refused, BadParameter) else ""
    if parameter := getattr(refused, "parameter", "") or named:
        document["parameter"] = str(parameter)
    if faults := getattr(refused, "faults", ()):
        document["errors"] = [{"pointer": f"#{fault.pointer}", "detail": str(fault)} for fault in faults]
    return document


def wants_page(request: HttpRequest) -> bool:
    """Is it a person who asks, with a browser? A program gets the document."""
    given = request.GET.get("f", "")
    return chosen_format(given if given in ("json", "html") else "", request.headers.get("Accept", "")) == "html"


def _without_body(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if request.method == "HEAD":
        response["Content-Length"] = str(len(response.content))
        response.content = b""
    return response
