"""Who sends for a subscription, where it stands, and the log of its deliveries.

One sender at a time: a lock of the database session, which goes with the process however it ends. Should the session
be lost while the process lives, another sender may begin; then `turn` refuses the first one's moves.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import Error, connection
from django.utils import timezone

from gis.db.acting import acting_as

from ..models import Attempt, Held, Place, Subscription
from .reading import ACTOR
from .sending import Outcome, pause

KEPT = timedelta(days=30)  # the log of deliveries
STOPPED_AFTER = timedelta(days=3)  # of failing without a break
State = Subscription.State
AT_WORK = (State.WAITING, State.ACTIVE)
LOCK = "hashtextextended('webhook ' || %s, 0)"


class Overtaken(Exception):
    """The place is no longer where this sender left it: somebody else has moved it."""


@contextmanager
def alone(key: UUID) -> Iterator[bool]:
    """Whether nobody else sends for the subscription until the block ends."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory_lock({LOCK})", [str(key)])
        (free,) = cursor.fetchone()
    try:
        yield bool(free)
    finally:
        if free:
            with suppress(Error), connection.cursor() as cursor:
                cursor.execute(f"SELECT pg_advisory_unlock({LOCK})", [str(key)])


def place_of(key: UUID) -> Place | None:
    """None when the subscription has been deleted meanwhile."""
    return Place.objects.select_related("subscription").filter(subscription=key).first()


def move(place: Place, outcome: Outcome | None = None, **changes: Any) -> None:
    """Change the place and note the attempt, both or none. Raises Overtaken."""
    with acting_as(authorities=[place.authority_id], actor=ACTOR):
        moved = Place.objects.filter(pk=place.pk, turn=place.turn).update(turn=place.turn + 1, **changes)
        if not moved:
            raise Overtaken
        if outcome:
            note(place, outcome, place.tries + 1)
    place.turn += 1
    for name, value in changes.items():
        setattr(place, name, value)


def taken(place: Place, outcome: Outcome, **changes: Any) -> None:
    """The receiver is there."""
    well = {"tries": 0, "next_at": None, "failing_since": None, "last_at": timezone.now()}
    move(place, outcome, **well, **changes)


def failed(place: Place, outcome: Outcome) -> None:
    """The receiver is not there: everything waits; after days of it the subscription stops, to be resumed by hand."""
    now = timezone.now()
    since, tries = place.failing_since or now, place.tries + 1
    with acting_as(authorities=[place.authority_id], actor=ACTOR):
        move(place, outcome, tries=tries, failing_since=since, next_at=now + pause(tries, outcome.wait))
        if now - since >= STOPPED_AFTER:
            become(place, State.STOPPED)


def unentitled(place: Place, outcome: Outcome) -> None:
    """Nothing is sent any more, not even what was read already: whoever it reads by has lost the right to it."""
    with acting_as(authorities=[place.authority_id], actor=ACTOR):
        note(place, outcome, place.tries + 1)
        become(place, State.UNENTITLED)


def become(place: Place, state: Subscription.State) -> None:
    """Only from a state at work: what a person has paused stays so."""
    with acting_as(authorities=[place.authority_id], actor=ACTOR):
        Subscription.objects.filter(pk=place.subscription_id, state__in=AT_WORK).update(state=state)


def hold(place: Place, outcome: Outcome, *, feature: UUID, era: int, seq: int) -> None:
    """The receiver refuses this event: the feature waits, and the others go on."""
    now = timezone.now()
    with acting_as(authorities=[place.authority_id], actor=ACTOR):
        taken(place, outcome, sent=[*place.sent, seq])
        Held.objects.create(
            subscription_id=place.subscription_id, authority_id=place.authority_id, feature=feature, era=era, seq=seq,
            since=now, next_at=now + pause(1, outcome.wait),
        )  # fmt: skip


def overtake(place: Place, held: Held, *, era: int, seq: int) -> None:
    """A later event of a feature that waits takes the earlier one's place."""
    with acting_as(authorities=[place.authority_id], actor=ACTOR):
        move(place, sent=[*place.sent, seq])
        Held.objects.filter(pk=held.pk).update(era=era, seq=seq)


def release(place: Place, held: Held, outcome: Outcome | None) -> None:
    """The feature waits no longer: taken, or its later event is on the way."""
    with acting_as(authorities=[place.authority_id], actor=ACTOR):
        if outcome:
            note(place, outcome, held.tries + 1)
            move(place, last_at=timezone.now())
        Held.objects.filter(pk=held.pk, seq=held.seq).delete()


def keep_holding(place: Place, held: Held, outcome: Outcome) -> None:
    """Refused once more; what is refused for days stops the subscription, for nothing may be left out in silence."""
    now = timezone.now()
    with acting_as(authorities=[place.authority_id], actor=ACTOR):
        note(place, outcome, held.tries + 1)
        wait = pause(held.tries + 1, outcome.wait)
        Held.objects.filter(pk=held.pk).update(tries=held.tries + 1, next_at=now + wait)
        if now - held.since >= STOPPED_AFTER:
            become(place, State.STOPPED)


def note(place: Place, outcome: Outcome, number: int) -> None:
    Attempt.objects.create(
        subscription_id=place.subscription_id, authority_id=place.authority_id, at=timezone.now(), number=number,
        event=outcome.event, kind=outcome.kind, subject=outcome.subject, status=outcome.status,
        took_ms=outcome.took_ms, answer=outcome.answer,
    )  # fmt: skip
