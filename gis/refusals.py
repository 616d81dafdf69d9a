"""What is said when something cannot be done: a code for programs, a sentence for people, details for both."""

import json
from collections.abc import Callable
from typing import Any, ClassVar

import psycopg
from django.utils.functional import Promise

from gis.remedies import Remedied


class Refusal(Exception):
    """A rule said no. The sentence tells what to do about it; nothing has been written.

    Subclasses are defined beside what raises them and set `code` (stable, for programs), `sentence` (a lazy
    translation with named %-placeholders filled from the details; `Remedied` where a command is mended by other means
    than a page) and, where HTTP cares, `status`. `counts` are the details that are written in groups of three digits.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 422
    sentence: ClassVar[str | Promise | Remedied] = ""
    counts: ClassVar[tuple[str, ...]] = ()

    def __init__(self, **details: Any) -> None:
        self.details = details
        super().__init__(self.code)

    def __str__(self) -> str:
        told = self.details | {name: f"{self.details[name]:,}" for name in self.counts}
        return str(self.sentence) % told if told else str(self.sentence)


_BY_CONSTRAINT: dict[str, type[Refusal]] = {}


def speaks_for[R: Refusal](*constraints: str) -> Callable[[type[R]], type[R]]:
    """Class decorator: this refusal says in words what the named constraints or triggers of the database refuse."""

    def register(refusal: type[R]) -> type[R]:
        _BY_CONSTRAINT.update(dict.fromkeys(constraints, refusal))
        return refusal

    return register


def rule_of(error: psycopg.Error) -> Refusal | None:
    """The refusal that speaks for the broken rule; None where none was named for it."""
    named = _BY_CONSTRAINT.get(error.diag.constraint_name or "")
    return named(**_told(error.diag.message_detail)) if named else None


def _told(detail: str | None) -> dict[str, Any]:
    """Our own triggers tell the details as a JSON object; PostgreSQL's own detail is for the log."""
    try:
        told = json.loads(detail or "")
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
