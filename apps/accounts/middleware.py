"""Every signed-in request acts as its user in the database; every request carries what it may be shown.

An anonymous request opens no transaction here and acts for nobody: it reads published views through the alias
`public`, whose login can read nothing else. A request by a key with scopes acts by that key.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, cast

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers

from apps.core.addresses import address_of
from apps.core.refusals import Refusal
from gis.db.acting import acting_as
from gis.layers import Audience

from .callers import Caller, UnknownKey, identify
from .keys_in_force import acting_by_key, writer_of, writes
from .models import User
from .rates import counted, told
from .showing import KEY_HEADER, refused, shown_by, within_feed

Acting = Callable[[], AbstractContextManager[None]]


class _Undo(Exception):
    """Leaves `acting_as` so that it rolls back, without an error for the caller."""


class ActingMiddleware:
    """Sets `request.audience`, `request.standing`, `request.organisation`, `request.caller` and `request.address`.

    It is the innermost middleware: an exception of a view rolls the transaction back before another middleware turns
    it into an answer, so a refused request leaves nothing half-written.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        standing = None
        try:
            caller = self._identified(request)
            standing = counted(request, caller)
            if standing is not None and not standing.allowed:
                raise standing.refusal
            within_feed(request, caller)
        except Refusal as refusal:
            return told(refused(refusal), standing)
        _describe(request, caller)
        if caller.audience.scope is not None:
            response = self._respond_as(lambda: acting_by_key(caller, writing=writes(request)), request)
        elif isinstance(request.user, User):
            person = request.user.pk
            response = self._respond_as(lambda: acting_as(user=person), request)
        else:
            response = self.get_response(request)
        patch_vary_headers(cast(HttpResponse, response), [KEY_HEADER, "Authorization"])
        if caller.audience is not Audience.PUBLIC:
            patch_cache_control(cast(HttpResponse, response), private=True)
        return told(response, standing)

    def _identified(self, request: HttpRequest) -> Caller:
        try:
            return identify(user=request.user, shown=shown_by(request), at=timezone.now())
        except UnknownKey:
            # Whoever tries keys is counted by their address.
            standing = counted(request, Caller())
            if standing is not None and not standing.allowed:
                raise standing.refusal from None
            raise

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        request.__dict__["failed"] = True

    def _respond_as(self, acting: Acting, request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase | None = None
        try:
            with acting():
                response = self.get_response(request)
                if request.__dict__.get("failed") or response.status_code >= 500:
                    raise _Undo
        except _Undo:
            pass
        if isinstance(response, StreamingHttpResponse) and not isinstance(response, FileResponse):
            response.streaming_content = _stream_as(acting, cast(Iterator[bytes], response.streaming_content))
        return cast(HttpResponseBase, response)


def _describe(request: HttpRequest, caller: Caller) -> None:
    attributes: Any = request
    attributes.audience = caller.audience
    attributes.standing = caller.standing
    attributes.organisation = caller.organisation
    attributes.caller = caller
    attributes.address = address_of(request)
    attributes.writer_by_key = partial(writer_of, caller)


def _stream_as(acting: Acting, content: Iterator[bytes]) -> Iterator[bytes]:
    """What streams is walked after the request's transaction, so it acts in one of its own."""
    with acting():
        yield from content
