"""What a request by a key does in the database: it reads as the role for keys, and writes for its authorities."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import connections, transaction
from django.http import HttpRequest

from apps.territory.models import Authority
from gis.db.acting import acting_as
from gis.parameters import is_question
from gis.scopes import READ, Scope
from gis.writing.records import Writer

from .callers import Caller

WRITING = ("POST", "PUT", "PATCH", "DELETE")


def writes(request: HttpRequest) -> bool:
    """May the answer write? Questions are posted too, and have nothing to write with."""
    return request.method in WRITING and not is_question(request.method, request.content_type)


@contextmanager
def acting_by_key(caller: Caller, *, writing: bool) -> Iterator[None]:
    """A transaction of a key that is limited.

    What reads, be it by a posted question, takes the role that sees nothing but what everybody sees and the views for
    keys; what writes acts for the authorities that the key may write for, so that row-level security holds it, and is
    named in the history.
    """
    scope = caller.audience.scope
    if scope is None or caller.key is None:
        raise LookupError("only keys with scopes act by them")
    if not writing:
        with transaction.atomic():
            _show(caller.shown, role=f"{settings.DB_ROLE_PREFIX}_keyed")
            yield
        return
    with acting_as(authorities=authorities_of(scope), actor=actor_of(caller)):
        _show(caller.shown, role="")
        yield


def actor_of(caller: Caller) -> str:
    """Who the history names: the organisation, and which of its keys."""
    assert caller.key  # noqa: S101  (asked before)
    return f"key:{caller.key.organisation.code}:{caller.key.pk}"


def writer_of(caller: Caller, layer: str, verb: str) -> Writer | None:
    """The key as a writer of the layer; None where it does not open it to that."""
    scope = caller.audience.scope
    authorities = authorities_of(scope, layer, verb) if scope is not None else ()
    if scope is None or not authorities:
        return None
    return Writer(
        may=partial(scope.may, verb, layer),
        authorities=authorities,
        actor=actor_of(caller),
        audience=caller.audience,
        may_set=partial(scope.may_set, verb, layer),
    )


def authorities_of(scope: Scope, layer: str = "", verb: str = "") -> tuple[UUID, ...]:
    """The authorities whose records may be written at all, or in this layer and so."""
    named = [
        grant.authority
        for grant in scope.grants
        if (grant.covers(layer, verb, owned=True) if layer else grant.verbs - {READ})
    ]
    if None in named:
        return tuple(Authority.objects.values_list("pk", flat=True))
    return tuple({key for key in named if key is not None})


def _show(digest: str, *, role: str) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT set_config('baladiya.key', %s, true)", [digest])
        if role:
            cursor.execute("SELECT set_config('role', %s, true)", [role])
