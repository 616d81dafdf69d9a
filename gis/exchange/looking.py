"""A look at a delivered file while it goes on: how far it is, and whether anybody still wants it."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from gis.db.acting import acting_as

from .look import look_at
from .models import LOOK_CANCELLED, Delivery
from .order import JOB
from .reasons import in_both
from .refusals import Cancelled
from .target import Target

# Under this name `Delivery.found` says meanwhile how much of the file has been gone through, 0 to 1.
SHARE = "share"
STOPPED = _("Cancelled: the file was not looked at. It is kept as it is: look again, or delete it.")
State = Delivery.State


def look(delivery: Delivery, target: Target) -> None:
    """What the worker does. Nothing is kept of a look that was cancelled, or asked for otherwise, meanwhile.

    Must not be called inside a transaction: whether it is cancelled is asked of the database.
    """
    asked = delivery.choices
    try:
        look_at(delivery, target, waiting=partial(_go_on, delivery, asked, delivery.found))
    except Cancelled:
        return
    told = ("state", "found", "choices", "message_ar", "message_en")
    with acting_as(authorities=[delivery.authority_id], actor=JOB):
        wanted = Delivery.objects.filter(pk=delivery.pk, state=State.LOOKING, choices=asked)
        wanted.update(**{name: getattr(delivery, name) for name in told})


def _go_on(delivery: Delivery, asked: dict[str, object], found: dict[str, object], done: float, _rows: int) -> None:
    """Say how far it is. Raises Cancelled where it is not wanted any more."""
    with acting_as(authorities=[delivery.authority_id], actor=JOB):
        wanted = Delivery.objects.filter(pk=delivery.pk, state=State.LOOKING, choices=asked)
        if not wanted.update(found=found | {SHARE: round(done, 2)}):
            raise Cancelled


def stop(delivery: Delivery) -> None:
    """Nobody wants the look any more: the worker hears it within a second. The file stays, and its tables are known."""
    arabic, english = in_both(STOPPED, {})
    tables = delivery.found.get("tables", [])
    known = {"tables": tables if len(tables) > 1 else [], "counts": delivery.found.get("counts", {})}
    found = {"reason": LOOK_CANCELLED, **known, "columns": []}
    going = Delivery.objects.filter(pk=delivery.pk, state=State.LOOKING)
    going.update(state=State.UNREADABLE, found=found, message_ar=arabic, message_en=english)


def percent(delivery: Delivery) -> int | None:
    """How far a look is that goes on; None where that is not known."""
    share = delivery.found.get(SHARE) if delivery.state == State.LOOKING else None
    return round(100 * share) if share else None
