"""What belongs to the whole site and to no language: the accent's stylesheet, and the choice of a language itself."""

from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import translate_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language, get_language_from_path, override
from django.views.decorators.http import require_safe

from apps.core.accent import stylesheet

FOR_EVER = "public, max-age=31536000, immutable"


@require_safe
def accent(request: HttpRequest, colour: str) -> HttpResponse:
    """The tokens of an accent colour; its address says everything, so it never changes."""
    return HttpResponse(stylesheet(f"#{colour}"), content_type="text/css", headers={"Cache-Control": FOR_EVER})


@require_safe
def choose_language(request: HttpRequest, language: str) -> HttpResponse:
    """Back to the page that was left (?next=), in the language chosen, which is remembered for pages without one.

    A `lang` in that page's query would win over the choice, so it goes.
    """
    if not check_for_language(language) or language not in dict(settings.LANGUAGES):
        raise Http404
    wanted = request.GET.get("next", "/")
    if not url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        wanted = "/"
    with override(get_language_from_path(urlsplit(wanted).path)):  # addresses are known in their own language only
        response = HttpResponseRedirect(translate_url(_without_lang(wanted), language))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,
        secure=request.is_secure(),
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
    )
    response["Cache-Control"] = "no-store"
    return response


def _without_lang(address: str) -> str:
    parts = urlsplit(address)
    query = QueryDict(parts.query, mutable=True)
    if query.pop("lang", None) is None:
        return address
    return urlunsplit(parts._replace(query=query.urlencode(safe="/,:")))
