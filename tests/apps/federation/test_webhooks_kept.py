"""Nothing is lost and nothing comes in the wrong order, whoever is killed and however transactions overlap."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from random import Random
from threading import Thread
from typing import Any

import psycopg
import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.federation.models import Attempt, Held, Place
from apps.federation.webhooks import keeping, posting
from tests.apps.accounts.city import Two, web_session

from .receiver import Receiver, receiving, until
from .storm import Process, Writer
from .subscribing import add, ordered, post, rename, streets

STORM_S = 12
KILLS = 3


@pytest.fixture
def sessions(committed_db: str, two: Two) -> Iterator[Callable[[], psycopg.Connection]]:
    with ExitStack() as opened:
        yield lambda: opened.enter_context(web_session(committed_db, two.officer))


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOK_HOSTS = ["127.0.0.1"]
    with receiving() as one:
        yield one


def in_order(receiver: Receiver) -> bool:
    """Of each feature, the numbers only grow, what came again left out."""
    told: dict[str, list[str]] = defaultdict(list)
    for event in receiver.taken:
        told[event["subject"]].append(event["sequence"])
    return all(numbers == sorted(set(numbers)) for numbers in told.values())


@pytest.mark.parametrize("reader", ["public", "officer"])
def test_transactions_that_commit_out_of_order(
    receiver: Receiver, two: Two, manager: User, sessions: Callable[[], psycopg.Connection], reader: str
):
    """An old one writes a row after a newer one did, and a third stays open all along, with a number below both."""
    made = ordered(receiver, two, manager, reader=reader)
    post(made)
    third, old, newer = sessions(), sessions(), sessions()
    street = add(old, two, "first")
    for session in (third, old, newer):
        session.execute("BEGIN")
        add(session, two, "draws a number")
    rename(newer, street, "by the newer")
    newer.execute("COMMIT")
    post(made)
    rename(old, street, "by the old, last")
    old.execute("COMMIT")
    post(made)
    third.execute("COMMIT")
    post(made)
    assert receiver.names()[str(street)] == ["by the newer", "by the old, last"]
    assert receiver.copy() == streets(third)
    assert in_order(receiver)


def test_a_restart_within_a_page_repeats_nothing_that_was_noted(
    receiver: Receiver, two: Two, manager: User, sessions: Callable[[], psycopg.Connection]
):
    """The sender ends after the third of ten; what was written meanwhile into the same stretch comes too."""
    made = ordered(receiver, two, manager)
    post(made)
    session, late = sessions(), sessions()
    late.execute("BEGIN")
    add(late, two, "late")  # with a lower number than all of them
    for number in range(10):
        add(session, two, f"street {number}")
    receiver.answer = lambda event: (204 if len(receiver.requests) < 3 else 503, {})
    assert post(made) == 3
    assert len(Place.objects.get(subscription=made).sent) == 3
    late.execute("COMMIT")
    receiver.answer = lambda event: (204, {})
    Place.objects.using("owner").filter(subscription=made).update(next_at=None)
    assert post(made) == 8
    assert len(receiver.requests) == 12, "the one that failed comes twice, no other"
    assert receiver.copy() == streets(session)


def test_two_senders_never_send_for_the_same(
    receiver: Receiver, two: Two, manager: User, sessions: Callable[[], psycopg.Connection]
):
    made = ordered(receiver, two, manager)
    post(made)
    session = sessions()
    for number in range(20):
        add(session, two, f"street {number}")

    def slow(event: dict[str, Any]) -> tuple[int, dict[str, str]]:
        time.sleep(0.02)
        return (204, {})

    receiver.answer = slow
    threads = [Thread(target=posting._apart, args=(made.pk, 30)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(receiver.requests) == 20


def test_a_sender_who_has_lost_its_lock_moves_nothing(
    receiver: Receiver, two: Two, manager: User, sessions: Callable[[], psycopg.Connection]
):
    made = ordered(receiver, two, manager)
    post(made)
    first, second = keeping.place_of(made.pk), keeping.place_of(made.pk)
    assert first
    assert second
    keeping.move(second, sent=[7])
    with pytest.raises(keeping.Overtaken):
        keeping.move(first, sent=[])
    assert Place.objects.get(subscription=made).sent == [7]


def test_senders_killed_and_a_receiver_that_fails(
    receiver: Receiver, two: Two, manager: User, committed_db: str, sessions: Callable[[], psycopg.Connection]
):
    """Four writers overlap, two processes send, each is killed at any moment, every fifth answer is a failure."""
    made = ordered(receiver, two, manager)
    chance, session = Random(7), sessions()
    known = [add(session, two, f"street {number}") for number in range(8)]
    status = {0: 503, 1: 422}
    receiver.answer = lambda event: (status.get(chance.randrange(10), 204), {"Retry-After": "0"})
    environment = {"WEBHOOK_HOSTS": "127.0.0.1"}
    senders = [Process(committed_db, "manage.py", "webhooks", "--every=0.2", **environment) for _ in range(2)]
    try:
        until(lambda: len(receiver.origins) > 0)
        ends = time.monotonic() + STORM_S
        writers = [Writer(committed_db, two, known, seed, ends) for seed in range(4)]
        for _kill in range(KILLS):
            begun = len(receiver.requests)
            until(lambda before=begun: len(receiver.requests) > before + 5)
            senders[chance.randrange(2)].again()
        for writer in writers:
            writer.join()
        receiver.answer = lambda event: (204, {})
        until(lambda: equal(receiver, session))
    finally:
        for sender in senders:
            sender.kill()
    assert in_order(receiver)
    assert sum(writer.committed for writer in writers) > 20
    assert sum(sender.kills for sender in senders) == KILLS
    assert Attempt.objects.filter(subscription=made, status=422).exists()


def equal(receiver: Receiver, session: psycopg.Connection) -> bool:
    """Does whoever applied the events hold the layer? The pauses are longer than the test, so they are ended here."""
    Place.objects.using("owner").update(next_at=None)
    Held.objects.using("owner").update(next_at=timezone.now())
    return receiver.copy() == streets(session)
