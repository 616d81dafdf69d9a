"""The border of the feed: every address answers in the caller's language, with a sentence where it cannot."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt

from gis.layers import Audience, Layer, registry
from gis.refusals import Refusal
from gis.scopes import VERBS

from . import answers, catalogue, parameters

READING = ("GET", "HEAD", "OPTIONS")

View = Callable[..., HttpResponseBase]


class NoSuchCollection(Refusal):
    code: ClassVar[str] = "NotFound"
    status: ClassVar[int] = 404
    sentence: ClassVar[str | Promise] = _('There is no collection "%(name)s". See the list of collections.')


class OnlyRead(Refusal):
    code: ClassVar[str] = "MethodNotAllowed"
    status: ClassVar[int] = 405
    sentence: ClassVar[str | Promise] = _("This can only be read here. Use GET.")


class OtherMethod(Refusal):
    code: ClassVar[str] = "MethodNotAllowed"
    status: ClassVar[int] = 405
    sentence: ClassVar[str | Promise] = _("%(method)s is not answered here. Use one of: %(allowed)s.")


def answering(*methods: str) -> Callable[[View], View]:
    """The function's answer to these methods (without any: to reading) in the caller's language; a refusal in both.

    Where there is more than reading, the function answers OPTIONS itself: what may be done depends on the layer.
    """
    allowed = methods or READING

    def decorate(function: View) -> View:
        @csrf_exempt
        @wraps(function)
        def view(request: HttpRequest, **parts: Any) -> HttpResponseBase:
            language = language_of(request)
            with override(language):
                try:
                    return _answer(function, request, parts, allowed)
                except Refusal as refused:
                    response = answers.refusal(request, refused, language)
                    for name, value in getattr(refused, "headers", {}).items():
                        response[name] = value
                    if response.status_code == 405:
                        response["Allow"] = refused.details.get("allowed") or ", ".join(READING)
                    return response

        return view

    return decorate


def _answer(function: View, request: HttpRequest, parts: dict[str, Any], allowed: tuple[str, ...]) -> HttpResponseBase:
    if request.method == "OPTIONS" and allowed == READING:
        return HttpResponse(status=204, headers={"Allow": ", ".join(allowed)})
    if request.method not in allowed:
        if allowed == READING:
            raise OnlyRead
        raise OtherMethod(method=request.method, allowed=", ".join(allowed))
    _within_scope(request, parts)
    return function(request, **parts)


def _within_scope(request: HttpRequest, parts: dict[str, Any]) -> None:
    """A layer that the caller's key does not open is answered as one that does not exist. Raises NoSuchCollection."""
    audience = audience_of(request)
    for named in {"collection", "layer"} & parts.keys():
        layer = registry.get(str(parts[named]))
        unseen = layer is not None and not layer.is_open(audience)
        if layer is not None and unseen and (request.method in ("GET", "HEAD") or not _writes(audience, layer)):
            raise NoSuchCollection(name=layer.id)


def _writes(audience: Audience, layer: Layer) -> bool:
    """A key may be for bringing alone: such a key reads nothing, its writes are judged where they are made."""
    return audience.scope is not None and any(audience.scope.opens(layer.id, verb, owned=layer.owned) for verb in VERBS)


def layer_of(collection: str) -> Layer:
    """The collection's layer. Raises NoSuchCollection."""
    layer = catalogue.layer_of(collection)
    if layer is None:
        raise NoSuchCollection(name=collection[:80])
    return layer


def base_of(request: HttpRequest) -> str:
    """Address of the landing page as the caller wrote it, without a slash at its end."""
    return request.build_absolute_uri(reverse("ogc-landing")).rstrip("/")


def audience_of(request: HttpRequest) -> Audience:
    """What the middleware found out about the caller; without it, everybody is the public."""
    audience = getattr(request, "audience", Audience.PUBLIC)
    return audience if isinstance(audience, Audience) else Audience.PUBLIC


def language_of(request: HttpRequest) -> str:
    """As the address says, else as Django found out from cookie and browser."""
    given = request.GET.get("lang", "")
    return given if given in parameters.LANGUAGES else str(get_language())
