"""The states of a report as a table, and the ways out of it that need a reason."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .models import Report

Status = Report.Status

STEPS: Mapping[Status, frozenset[Status]] = {
    Status.NEW: frozenset({Status.ACCEPTED, Status.IN_PROGRESS, Status.DONE, Status.REJECTED}),
    Status.ACCEPTED: frozenset({Status.IN_PROGRESS, Status.DONE, Status.REJECTED}),
    Status.IN_PROGRESS: frozenset({Status.DONE, Status.REJECTED}),
    Status.DONE: frozenset(),
    Status.REJECTED: frozenset(),
}

# Against the stream, and why it may happen at all; the answer must say why it happened this time.
EXCEPTIONS: Mapping[tuple[Status, Status], str | Promise] = {
    (Status.IN_PROGRESS, Status.ACCEPTED): _("The work was put off: the crew or the material was needed elsewhere."),
    (Status.DONE, Status.IN_PROGRESS): _("Somebody looked and found that it is not done."),
    (Status.REJECTED, Status.ACCEPTED): _("It was rejected by mistake, or new facts came in."),
}

# The reporter is owed a sentence when a report ends.
ENDS = frozenset({Status.DONE, Status.REJECTED})


def may_follow(before: Status, after: Status) -> bool:
    """May a report go from one state to the other?"""
    return after in STEPS[before] or (before, after) in EXCEPTIONS


def next_states(before: Status) -> list[Status]:
    """The states that may come next, in the order in which they are declared."""
    return [after for after in Status if may_follow(before, after)]


def needs_answer(before: Status, after: Status) -> bool:
    """Must the reporter be told why?"""
    return after in ENDS or (before, after) in EXCEPTIONS
