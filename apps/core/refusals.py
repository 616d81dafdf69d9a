"""Refusals that every app may raise; those of one subject are defined beside what raises them."""

import psycopg
from django.db import DatabaseError
from django.utils.translation import gettext_lazy as _
from psycopg.errors import InsufficientPrivilege

from gis.refusals import Refusal, rule_of, speaks_for

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


def refusal_of(error: BaseException) -> Refusal | None:
    """The refusal behind an error of the database, or None when the error is a fault of ours."""
    cause = error.__cause__ if isinstance(error, DatabaseError) else error
    if isinstance(cause, InsufficientPrivilege):
        return NotYours()
    return rule_of(cause) if isinstance(cause, psycopg.Error) else None
