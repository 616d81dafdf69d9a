"""Telling a subscription's receiver what has changed, in the order of each feature and at least once.

The place moves after the answer: whoever is killed in between tells the event once more, under the same id. Nothing is
copied into an outbox. An event that could not be told for hours is told as the log has it then: a feature that has
changed again comes as it is now, once, and what was withdrawn meanwhile comes as a deletion.
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

from django.db import connections
from django.db.models import Q
from django.utils import timezone

from gis.change_feed import Told
from gis.changes import LogRestarted
from gis.db.acting import acting_as
from gis.refusals import Refusal

from ..models import Held, Place, Subscription
from . import events, keeping, reading
from .guarded import Line
from .keeping import AT_WORK, Overtaken, State
from .sending import Outcome, ask_consent, send

EVENTS = 100  # read from the log at once
MOST_HELD = 100  # features; if so many are refused, it is not the features
AT_ONCE = 4  # receivers
SECONDS = 10.0
READING = "reading"
PATIENCE = timedelta(seconds=1)  # waited for the receiver's rate; longer is left to the next round


class _Done(Exception):
    """No more in this round."""


def post_all(*, seconds: float = SECONDS) -> int:
    """A round over all that is due, a few receivers beside each other; returns how many events were taken."""
    due = Q(place__next_at__isnull=True) | Q(place__next_at__lte=timezone.now())
    keys = list(
        Subscription.objects.filter(due, state__in=AT_WORK).order_by("place__last_at").values_list("pk", flat=True)
    )
    if not keys:
        return 0
    with ThreadPoolExecutor(min(AT_ONCE, len(keys)), "webhook") as pool:
        return sum(pool.map(lambda key: _apart(key, seconds), keys))


def _apart(key: UUID, seconds: float) -> int:
    """In a thread, with connections of its own."""
    try:
        return post(key, seconds=seconds)
    finally:
        connections.close_all()


def post(key: UUID, *, seconds: float = SECONDS) -> int:
    """Tell one receiver for so long, or until there is nothing to tell; returns how many events were taken.

    Nothing where somebody else is at it.
    """
    with keeping.alone(key) as free:
        if not free:
            return 0
        place = keeping.place_of(key)
        if place is None:
            return 0
        with Line(place.subscription.url) as line:
            work = _Round(place, line, time.monotonic() + seconds)
            try:
                while work.goes_on():
                    pass
            except (_Done, Overtaken):
                pass
            return work.taken


class _Round:
    """What is done for one subscription while its lock is held."""

    def __init__(self, place: Place, line: Line, ends: float) -> None:
        self.place, self.line, self.ends, self.taken = place, line, ends, 0
        self.subscription: Subscription = place.subscription

    def goes_on(self) -> bool:
        """One thing that is due; False where there is no more, or no more time."""
        self._look()
        if self.subscription.state == State.WAITING:
            self._ask_consent()
        elif self.place.restarted:
            self._special(events.of_restart(self.subscription, token=self.place.token), restarted=False)
        elif self.place.test:
            event = events.of_test(self.subscription, number=self.place.test, at=timezone.now())
            self._special(event, test=None)
        elif held := self._due():
            self._once_more(held)
        else:
            return self._page()
        return True

    def _look(self) -> None:
        """Whoever pauses the subscription, turns it back or loses the right to it is heeded before the next event."""
        if time.monotonic() >= self.ends:
            raise _Done
        found = Subscription.objects.select_related("made_by").filter(pk=self.subscription.pk).first()
        now = timezone.now()
        if found is None or found.state not in AT_WORK or (self.place.next_at and self.place.next_at > now):
            raise _Done
        if not reading.is_entitled(found, at=now):
            keeping.unentitled(self.place, Outcome(uuid4(), READING, "", "failing", None, 0, str(reading.Unentitled())))
            raise _Done
        self.subscription.state = found.state

    def _ask_consent(self) -> None:
        outcome = ask_consent(self.line)
        if outcome.meaning != "taken":
            self._give_up(outcome)
        with acting_as(authorities=[self.place.authority_id], actor=reading.ACTOR):
            keeping.taken(self.place, outcome, a_minute=outcome.a_minute)
            keeping.become(self.place, State.ACTIVE)

    def _special(self, event: events.Event, **done: bool | None) -> None:
        """An event about no feature; whatever is answered to a test, it was one."""
        outcome = self._send(event)
        if outcome.meaning == "taken" or event.kind == events.TEST:
            keeping.taken(self.place, outcome, **done)
        else:
            self._give_up(outcome)

    def _due(self) -> Held | None:
        waiting = Held.objects.filter(subscription=self.subscription, next_at__lte=timezone.now())
        return waiting.order_by("next_at").first()

    def _once_more(self, held: Held) -> None:
        change = self._read(lambda: reading.again(self.subscription, era=held.era, seq=held.seq))
        if change is None or not self._wanted(change):
            keeping.release(self.place, held, None)  # a later event of the feature is in the log and comes by itself
            return
        outcome = self._send(events.of_change(self.subscription, change))
        if outcome.meaning == "taken":
            self.taken += 1
            keeping.release(self.place, held, outcome)
        elif outcome.meaning == "refused":
            keeping.keep_holding(self.place, held, outcome)
        else:
            self._give_up(outcome)

    def _page(self) -> bool:
        place, subscription = self.place, self.subscription
        try:
            page = self._read(lambda: reading.page(subscription, place.token, limit=EVENTS))
        except LogRestarted:
            self._restart()
            return True
        for change in page.changes:
            if change.seq not in place.sent and self._wanted(change):
                self._look()
                self._tell(change)
        keeping.move(place, token=str(page.token), sent=[])
        return page.more

    def _tell(self, change: Told) -> None:
        held = Held.objects.filter(subscription=self.subscription, feature=change.id).first()
        if held:
            keeping.overtake(self.place, held, era=change.era, seq=change.seq)
            return
        outcome = self._send(events.of_change(self.subscription, change))
        if outcome.meaning == "taken":
            self.taken += 1
            keeping.taken(self.place, outcome, sent=[*self.place.sent, change.seq])
        elif outcome.meaning == "refused" and self._may_hold():
            keeping.hold(self.place, outcome, feature=change.id, era=change.era, seq=change.seq)
        else:
            self._give_up(outcome)

    def _may_hold(self) -> bool:
        return Held.objects.filter(subscription=self.subscription).count() < MOST_HELD

    def _restart(self) -> None:
        """What was known of the log holds no more: the receiver will be told to read the collection again."""
        token = str(self._read(lambda: reading.now(self.subscription)))
        with acting_as(authorities=[self.place.authority_id], actor=reading.ACTOR):
            keeping.move(self.place, token=token, sent=[], restarted=True)
            Held.objects.filter(subscription=self.subscription).delete()

    def _send(self, event: events.Event) -> Outcome:
        self._pace()
        return send(self.line, self.subscription, event)

    def _pace(self) -> None:
        """No more events a minute than the receiver has allowed."""
        if not (self.place.a_minute and self.place.last_at):
            return
        earliest = self.place.last_at + timedelta(minutes=1) / self.place.a_minute
        wait = earliest - timezone.now()
        if wait > PATIENCE:
            keeping.move(self.place, next_at=earliest)
            raise _Done
        time.sleep(max(wait.total_seconds(), 0))

    def _give_up(self, outcome: Outcome) -> None:
        if outcome.meaning == "gone":
            with acting_as(authorities=[self.place.authority_id], actor=reading.ACTOR):
                keeping.move(self.place, outcome)
                keeping.become(self.place, State.ENDED)
        else:
            keeping.failed(self.place, outcome)
        raise _Done

    def _wanted(self, change: Told) -> bool:
        told = {
            "insert": self.subscription.inserts,
            "update": self.subscription.updates,
            "delete": self.subscription.deletions,
        }
        return told[change.op]

    def _read[R](self, read: Callable[[], R]) -> R:
        """What our own side refuses, such as a filter by a field that is gone, is in the log of deliveries too."""
        try:
            return read()
        except LogRestarted:
            raise
        except Refusal as refusal:
            keeping.failed(self.place, Outcome(uuid4(), READING, "", "failing", None, 0, str(refusal)[:300]))
            raise _Done from refusal
