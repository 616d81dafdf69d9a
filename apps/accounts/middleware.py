"""Every signed-in request acts as its user in the database; every request carries what it may be shown.

An anonymous request opens no transaction here and acts for nobody: it reads published views through the alias
`public`, whose login can read nothing else.
"""

from collections.abc import Callable, Iterator
from typing import Any, cast

from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers

from gis.db.acting import acting_as
from gis.layers import Audience

from .callers import Caller, UnknownKey, identify
from .models import User

KEY_HEADER = "X-API-Key"


class _Undo(Exception):
    """Leaves `acting_as` so that it rolls back, without an error for the caller."""


class ActingMiddleware:
    """Sets `request.audience`, `request.standing` and `request.organisation`.

    It is the innermost middleware: an exception of a view rolls the transaction back before another middleware turns
    it into an answer, so a refused request leaves nothing half-written.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            caller = identify(user=request.user, key=request.headers.get(KEY_HEADER, ""), at=timezone.now())
        except UnknownKey as refusal:
            return _unknown_key(refusal)
        _describe(request, caller)
        if isinstance(request.user, User):
            response = self._respond_as(request.user, request)
        else:
            response = self.get_response(request)
        patch_vary_headers(cast(HttpResponse, response), [KEY_HEADER])
        if caller.audience is not Audience.PUBLIC:
            patch_cache_control(cast(HttpResponse, response), private=True)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        request.__dict__["failed"] = True

    def _respond_as(self, user: User, request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase | None = None
        try:
            with acting_as(user=user.pk):
                response = self.get_response(request)
                if request.__dict__.get("failed") or response.status_code >= 500:
                    raise _Undo
        except _Undo:
            pass
        if isinstance(response, StreamingHttpResponse) and not isinstance(response, FileResponse):
            response.streaming_content = _stream_as(user, cast(Iterator[bytes], response.streaming_content))
        return cast(HttpResponseBase, response)


def _describe(request: HttpRequest, caller: Caller) -> None:
    attributes: Any = request
    attributes.audience = caller.audience
    attributes.standing = caller.standing
    attributes.organisation = caller.organisation


def _stream_as(user: User, content: Iterator[bytes]) -> Iterator[bytes]:
    """What streams is walked after the request's transaction, so it acts in one of its own."""
    with acting_as(user=user.pk):
        yield from content


def _unknown_key(refusal: UnknownKey) -> HttpResponse:
    response = JsonResponse({"code": refusal.code, "description": str(refusal)}, status=refusal.status)
    response["WWW-Authenticate"] = f'ApiKey header="{KEY_HEADER}"'
    return response
