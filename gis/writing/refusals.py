"""What is said when a record cannot be written."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import psycopg
from django.db import DatabaseError, transaction
from django.db.models import Model, ProtectedError, RestrictedError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from psycopg import errors

from gis.refusals import Refusal, rule_of


class NotThere(Refusal):
    code: ClassVar[str] = "NotFound"
    status: ClassVar[int] = 404
    sentence: ClassVar[str | Promise] = _('There is no feature "%(record)s" here that you may see.')


class NotTheirs(Refusal):
    code: ClassVar[str] = "not_yours"
    status: ClassVar[int] = 403
    sentence: ClassVar[str | Promise] = _(
        "Nothing was changed: the record belongs to another authority, or your role may only read it."
    )


class Refers(Refusal):
    code: ClassVar[str] = "referred_to"
    status: ClassVar[int] = 409
    sentence: ClassVar[str | Promise] = _(
        "%(count)s other records refer to this one (%(kinds)s), so it cannot be deleted. Change or delete those first."
    )


class Busy(Refusal):
    code: ClassVar[str] = "busy"
    status: ClassVar[int] = 503
    sentence: ClassVar[str | Promise] = _("Somebody else is writing the same record. Try again in a minute.")


class RuleBroken(Refusal):
    code: ClassVar[str] = "rule_broken"
    status: ClassVar[int] = 409
    sentence: ClassVar[str | Promise] = _("Nothing was changed: %(told)s")


class RuleUnnamed(RuleBroken):
    sentence: ClassVar[str | Promise] = _('Nothing was changed: the record would break the rule "%(rule)s".')


WAITED = (errors.LockNotAvailable, errors.DeadlockDetected, errors.QueryCanceled)


@contextmanager
def in_words(model: type[Model]) -> Iterator[None]:
    """Around a piece of work that is undone when it fails: what the database refuses leaves as a Refusal."""
    try:
        with transaction.atomic():
            yield
    except (ProtectedError, RestrictedError) as error:
        held: list[Any] = list(error.args[1])
        raise Refers(count=len(held), kinds=_Kinds({one._meta.verbose_name_plural for one in held})) from error
    except DatabaseError as error:
        cause = error.__cause__
        if refusal := _refusal(model, cause) if isinstance(cause, psycopg.Error) else None:
            raise refusal from error
        raise


class _Kinds:
    """What they are called, in the language of the moment."""

    def __init__(self, names: set[Any]) -> None:
        self.names = names

    def __str__(self) -> str:
        return ", ".join(sorted(str(name) for name in self.names))


def _refusal(model: type[Model], cause: psycopg.Error) -> Refusal | None:
    if isinstance(cause, errors.InsufficientPrivilege):
        return NotTheirs()
    if isinstance(cause, WAITED):
        return Busy()
    if refusal := rule_of(cause):
        return refusal
    if not isinstance(cause, errors.IntegrityError):
        return None
    name = cause.diag.constraint_name or ""
    rule = next((one for one in model._meta.constraints if one.name == name), None)
    return RuleBroken(told=rule.violation_error_message) if rule else RuleUnnamed(rule=name)
