"""HTTP around the documents: headers, validators, refusals in both languages."""

import hashlib
from collections.abc import Iterable, Mapping

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import override

from gis.layers import Audience
from gis.refusals import Refusal

from . import caller, pages
from .parameters import LANGUAGES
from .runtime import chosen_format

RETRY_SECONDS = 30
VARY = ("Accept", "Accept-Language", "Cookie", "X-API-Key")
# pygeoapi's headers that say nothing to a caller.
LEFT_OUT = {"X-Powered-By", "Content-Encoding"}


def document(request: HttpRequest, headers: Mapping[str, str], status: int, content: str) -> HttpResponse:
    """An answer of pygeoapi's, with a weak validator: its text without the moment at which it was written."""
    response = HttpResponse(content, status=status)
    for name, value in headers.items():
        if name not in LEFT_OUT:
            response[name] = value
    steady = content.rpartition('"timeStamp":')[0] if content.startswith('{"type":"FeatureCollection"') else ""
    return finish(request, response, etag=digest((steady or content).encode()))


def digest(content: bytes) -> str:
    """A weak validator of the content."""
    return f'W/"{hashlib.blake2b(content, digest_size=16).hexdigest()}"'


def finish(
    request: HttpRequest, response: HttpResponse, *, etag: str, seconds: int = 0, vary: Iterable[str] = VARY
) -> HttpResponse:
    """Caching by audience, 304 where the caller has it already, no body for HEAD.

    What everybody sees may be kept by everybody for `seconds`, and is then asked for anew; the rest is private.
    """
    audience = getattr(request, "audience", Audience.PUBLIC)
    kept = f"public, max-age={seconds}" if audience is Audience.PUBLIC else "private, max-age=0"
    response["Cache-Control"] = f"{kept}, must-revalidate"
    response["ETag"] = etag
    patch_vary_headers(response, vary)
    answer = get_conditional_response(request, etag=etag, response=response)
    return _without_body(request, answer if isinstance(answer, HttpResponse) else response)


def known(request: HttpRequest, etag: str, *, seconds: int, vary: Iterable[str]) -> HttpResponse | None:
    """The answer to a caller who has it already, before anything is made of it; None for everybody else."""
    answer = finish(request, HttpResponse(), etag=etag, seconds=seconds, vary=vary)
    return None if answer.status_code == 200 else answer


def refusal(request: HttpRequest, refused: Refusal, language: str) -> HttpResponse:
    """One sentence that says what to do, in the caller's language, and for programs in both."""
    sentences = {}
    for code in LANGUAGES:
        with override(code):
            sentences[code] = str(refused)
    body = {"code": refused.code, "description": sentences[language], "descriptions": sentences}
    if wants_page(request):
        now = caller.Caller(request, request.build_absolute_uri("/ogc"), language)
        with caller.calling(now):
            response = HttpResponse(pages.render(None, None, "exception.html", body), status=refused.status)
    else:
        response = JsonResponse(body, status=refused.status, json_dumps_params={"ensure_ascii": False})
    response["Content-Language"] = language
    response["Cache-Control"] = "no-store"
    if refused.status == 503:
        response["Retry-After"] = str(RETRY_SECONDS)
    patch_vary_headers(response, VARY)
    return _without_body(request, response)


def wants_page(request: HttpRequest) -> bool:
    """Is it a person who asks, with a browser? A program gets the document."""
    given = request.GET.get("f", "")
    return chosen_format(given if given in ("json", "html") else "", request.headers.get("Accept", "")) == "html"


def _without_body(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if request.method == "HEAD":
        response["Content-Length"] = str(len(response.content))
        response.content = b""
    return response
