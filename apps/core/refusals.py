"""Refusals that every app may raise; those of one subject are defined beside what raises them."""

import json
from collections.abc import Callable
from typing import Any

import psycopg
from django.db import DatabaseError
from django.utils.translation import gettext_lazy as _
from psycopg.errors import InsufficientPrivilege

from gis.refusals import Refusal

__all__ = ["Conflict", "NotAllowed", "NotFound", "NotYours", "Refusal", "refusal_of", "speaks_for"]


class NotAllowed(Refusal):
    """The caller is known but has no right to this."""

    code = "not_allowed"
    status = 403
    sentence = _("You have no right to do this. Ask a manager of the authority for it.")


class NotYours(NotAllowed):
    """The database itself refused to write: row-level security, or a right that the login lacks."""

    code = "not_yours"
    sentence = _("Nothing was changed: the record belongs to another authority, or your role may only read it.")


class NotFound(Refusal):
    """There is no such thing, or none that the caller may know of: the two are not told apart."""

    code = "not_found"
    status = 404
    sentence = _("There is nothing here that you may see. Check the address or the number.")


class Conflict(Refusal):
    """Something else happened first."""

    code = "conflict"
    status = 409
    sentence = _("This was changed meanwhile. Look at it again and repeat your change.")


_BY_CONSTRAINT: dict[str, type[Refusal]] = {}


def speaks_for[R: Refusal](*constraints: str) -> Callable[[type[R]], type[R]]:
    """Class decorator: this refusal says in words what the named constraints or triggers of the database refuse."""

    def register(refusal: type[R]) -> type[R]:
        _BY_CONSTRAINT.update(dict.fromkeys(constraints, refusal))
        return refusal

    return register


def refusal_of(error: BaseException) -> Refusal | None:
    """The refusal behind an error of the database, or None when the error is a fault of ours."""
    cause = error.__cause__ if isinstance(error, DatabaseError) else error
    if isinstance(cause, InsufficientPrivilege):
        return NotYours()
    if isinstance(cause, psycopg.Error) and (named := _BY_CONSTRAINT.get(cause.diag.constraint_name or "")):
        return named(**_told(cause.diag.message_detail))
    return None


def _told(detail: str | None) -> dict[str, Any]:
    """Our own triggers tell the details as a JSON object; PostgreSQL's own detail is for the log."""
    try:
        told = json.loads(detail or "")
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
