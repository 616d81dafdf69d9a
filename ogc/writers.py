"""Who may write through the feed: officers by their session, for the authorities whose layers they edit, and keys
whose scopes say so.

A session's cookie comes along from any page that a browser shows, so what writes by it must prove where it comes from,
as a form of ours does. A key comes along from nowhere: there is nothing to prove. A key without scopes reads only.
"""

from collections.abc import Iterable
from typing import Any, ClassVar, Protocol, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis.layers import Layer
from gis.refusals import Refusal
from gis.scopes import DELETE, INSERT, UPDATE
from gis.writing.records import Writer

from .border import audience_of

EDITS = "edit_layer"
VERBS = {"POST": INSERT, "PUT": UPDATE, "PATCH": UPDATE, "DELETE": DELETE}


class Standing(Protocol):
    """What the middleware says about the caller."""

    def may(self, action: str, authority: UUID | None = None) -> bool: ...


class SignIn(Refusal):
    code: ClassVar[str] = "Unauthorized"
    status: ClassVar[int] = 401
    sentence: ClassVar[str | Promise] = _("Only officers write here. Sign in, and repeat your change.")
    headers: ClassVar[dict[str, str]] = {"WWW-Authenticate": 'Session realm="desk"'}


class OnlyReads(Refusal):
    code: ClassVar[str] = "Forbidden"
    status: ClassVar[int] = 403
    sentence: ClassVar[str | Promise] = _("You may read this layer, but not change it. Ask a manager of the authority.")


class NotInScope(OnlyReads):
    code: ClassVar[str] = "insufficient_scope"
    sentence: ClassVar[str | Promise] = _(
        "Your key does not open this layer to such a change. Ask the authority for a key that does."
    )
    headers: ClassVar[dict[str, str]] = {"WWW-Authenticate": 'Bearer realm="baladiya", error="insufficient_scope"'}


class NoDraftByKey(OnlyReads):
    sentence: ClassVar[str | Promise] = _(
        "Changes of this layer are proposed by people and approved by others: sign in to propose one."
    )


class FromElsewhere(Refusal):
    code: ClassVar[str] = "Forbidden"
    status: ClassVar[int] = 403
    sentence: ClassVar[str | Promise] = _(
        "A change by a session must come from a page of this site: send its CSRF token in the header X-CSRFToken."
    )


def writer_of(request: HttpRequest, layer: Layer) -> Writer:
    """Raises SignIn, OnlyReads, NotInScope, NoDraftByKey and FromElsewhere."""
    if by_key(request):
        return _writer_by_key(request, layer)
    person = getattr(request, "user", None)
    if person is None or not person.is_authenticated:
        raise OnlyReads if getattr(request, "organisation", None) else SignIn
    if not may_write(request):
        raise OnlyReads
    if _Origin(_no_answer).refusal(request):
        raise FromElsewhere
    return Writer(may=lambda authority: _standing(request).may(EDITS, authority), user=person.pk)


def by_key(request: HttpRequest) -> bool:
    """Does the request come with a key that is limited by scopes?"""
    return audience_of(request).scope is not None


def methods_by_key(request: HttpRequest, layer: Layer, methods: Iterable[str]) -> tuple[str, ...]:
    """Those of the methods that the key opens."""
    scope = audience_of(request).scope
    if scope is None:
        raise LookupError("only keys with scopes are asked for theirs")
    return tuple(
        method
        for method in methods
        if method not in VERBS or (not layer.drafts and scope.opens(layer.id, VERBS[method], owned=layer.owned))
    )


def _writer_by_key(request: HttpRequest, layer: Layer) -> Writer:
    if layer.drafts:
        raise NoDraftByKey
    found: Writer | None = cast(Any, request).writer_by_key(layer.id, VERBS[str(request.method)])
    if found is None:
        raise NotInScope
    return found


def may_write(request: HttpRequest, authority: UUID | None = None) -> bool:
    """May the caller change records of this authority, or of any?"""
    standing = getattr(request, "standing", None)
    return standing is not None and _standing(request).may(EDITS, authority)


def _standing(request: HttpRequest) -> Standing:
    return cast(Standing, request.standing)  # type: ignore[attr-defined]


class _Origin(CsrfViewMiddleware):
    """Django's own check, asked of a view that it has passed over."""

    def refusal(self, request: HttpRequest) -> Any:
        self.process_request(request)
        return self.process_view(request, _no_answer, (), {})

    def _reject(self, request: HttpRequest, reason: str) -> Any:
        return reason


def _no_answer(request: HttpRequest) -> HttpResponse:
    return HttpResponse()
