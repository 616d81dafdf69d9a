"""Where a request shows a key or a token, and how it is told that it does not open anything."""

from http import HTTPStatus
from typing import Any, ClassVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from apps.core.refusals import Refusal

from .callers import Caller, Shown, UnknownKey, UnknownToken

KEY_HEADER = "X-API-Key"
KEY_PREFIX = "bld_"
MISPLACED = ("key", "apikey", "api_key", "x-api-key", "access_token", "token")
REALM = "baladiya"


class TwoKeys(Refusal):
    code: ClassVar[str] = "invalid_request"
    status: ClassVar[int] = 400
    sentence: ClassVar[str | Promise] = _("Send a key as X-API-Key or an access token as Authorization, not both.")


class KeyInAddress(Refusal):
    code: ClassVar[str] = "invalid_request"
    status: ClassVar[int] = 400
    sentence: ClassVar[str | Promise] = _(
        'A key does not belong in an address, which logs keep: leave "%(name)s" out and send the header X-API-Key. '
        "Whoever has read the address may know the key: ask for a new one."
    )


class KeyAsToken(UnknownToken):
    sentence = _("This is a key and no access token: send it in the header X-API-Key, or exchange it for a token.")


class KeyElsewhere(Refusal):
    code: ClassVar[str] = "insufficient_scope"
    status: ClassVar[int] = 403
    sentence: ClassVar[str | Promise] = _("This key opens the feed alone. Ask here without it.")


def shown_by(request: HttpRequest) -> Shown | None:
    """The key or token of a request. Raises TwoKeys, KeyInAddress and KeyAsToken."""
    if in_feed(request):
        for name in request.GET:
            if name.lower() in MISPLACED:
                raise KeyInAddress(name=name)
    key = request.headers.get(KEY_HEADER, "")
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer":
        return Shown(key) if key else None
    if key:
        raise TwoKeys
    if token.strip().startswith(KEY_PREFIX):
        raise KeyAsToken
    return Shown(token.strip(), token=True)


def in_feed(request: HttpRequest) -> bool:
    """Keys with scopes are for the feed: elsewhere pages are made for people."""
    return request.path.startswith(tuple(settings.KEY_PATHS))


def within_feed(request: HttpRequest, caller: Caller) -> None:
    """Raises KeyElsewhere."""
    if caller.audience.scope is not None and not in_feed(request):
        raise KeyElsewhere


def problem(refusal: Refusal) -> dict[str, Any]:
    """RFC 9457, as the feed has it (`ogc.answers`): `detail` in the language of the moment, `details` in each."""
    details = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            details[language] = str(refusal)
    return {
        "type": "about:blank",
        "title": HTTPStatus(refusal.status).phrase,
        "status": refusal.status,
        "detail": str(refusal),
        "code": refusal.code,
        "details": details,
    }


def refused(refusal: Refusal) -> HttpResponse:
    """A problem document in both languages, with the challenge of RFC 6750 or that of keys."""
    response = JsonResponse(
        problem(refusal),
        status=refusal.status,
        content_type="application/problem+json",
        json_dumps_params={"ensure_ascii": False},
    )
    response["Cache-Control"] = "no-store"
    if isinstance(refusal, UnknownKey) and not isinstance(refusal, UnknownToken):
        response["WWW-Authenticate"] = f'ApiKey header="{KEY_HEADER}"'
    elif refusal.code in ("invalid_token", "invalid_request", "insufficient_scope"):
        response["WWW-Authenticate"] = f'Bearer realm="{REALM}", error="{refusal.code}"'
    return response
