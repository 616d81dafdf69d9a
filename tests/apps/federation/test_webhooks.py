"""Subscribers are told what changes: in order, at least once, signed, and nothing that is hidden from them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.utils import timezone
from standardwebhooks import Webhook

from apps.accounts.models import User
from apps.federation.models import Attempt, Place, Subscription
from apps.federation.webhooks import changing, sending
from apps.federation.webhooks.changing import NotNow
from apps.federation.webhooks.sending import pause
from apps.federation.webhooks.signing import headers
from tests.apps.accounts.city import Two, web_session

from .receiver import Receiver, receiving
from .subscribing import add, delete, ordered, patience_over, post, rename, state


@pytest.fixture
def session(committed_db: str, two: Two) -> Iterator[psycopg.Connection]:
    with web_session(committed_db, two.officer) as one:
        yield one


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOK_HOSTS = ["127.0.0.1"]
    with receiving() as one:
        yield one


def test_a_feature_is_told_from_its_first_to_its_last_day(
    receiver: Receiver, two: Two, manager: User, session: psycopg.Connection
):
    before = add(session, two, "before")
    made = ordered(receiver, two, manager, reader="public")
    assert post(made) == 0
    assert receiver.origins == ["127.0.0.1"]
    assert state(made) == "active"
    street = add(session, two, "شارع النخيل")
    assert post(made) == 1
    rename(session, street, "شارع البحر")
    assert post(made) == 1
    delete(session, street)
    assert post(made) == 1
    first, second, third = receiver.taken
    assert [one["type"].rpartition(".")[2] for one in receiver.taken] == ["inserted", "updated", "deleted"]
    assert {one["subject"] for one in receiver.taken} == {str(street)}
    assert str(before) not in receiver.names()
    collection = "http://127.0.0.1:8000/ogc/collections/streets"
    assert (first["specversion"], first["source"], first["dataschema"]) == ("1.0", collection, collection + "/schema")
    assert first["data"]["type"] == "Feature"
    assert second["data"]["properties"]["name_ar"] == "شارع البحر"
    assert "data" not in third
    assert first["sequence"] < second["sequence"] < third["sequence"]
    assert {len(one["sequence"]) for one in receiver.taken} == {19}
    assert set(receiver.paths) == {"/hook?to=us"}
    assert receiver.requests[0].headers["Content-Type"] == "application/cloudevents+json; charset=utf-8"


def test_an_event_that_is_not_answered_comes_again_as_it_was(
    receiver: Receiver, two: Two, manager: User, session: psycopg.Connection
):
    made = ordered(receiver, two, manager)
    post(made)
    add(session, two, "one")
    add(session, two, "two")
    receiver.answer = lambda event: (503, {"Retry-After": "120"})
    assert post(made) == 0
    place: Any = Place.objects.get(subscription=made)
    assert place.tries == 1
    assert place.failing_since
    assert 110 < (place.next_at - timezone.now()).total_seconds() <= 120
    assert post(made) == 0, "it waits as long as it was asked to"
    assert len(receiver.requests) == 1
    receiver.answer = lambda event: (200, {})
    patience_over(made, two)
    assert post(made) == 2
    first, again, _last = receiver.requests
    assert first.event == again.event
    assert first.headers["webhook-id"] == again.headers["webhook-id"]
    log = list(Attempt.objects.filter(event=first.event["id"]).order_by("at").values_list("number", "status", "answer"))
    assert log == [(1, 503, "<b>said</b>"), (2, 200, "<b>said</b>")]
    assert Place.objects.get(subscription=made).failing_since is None


def test_a_refused_feature_holds_back_its_own_events_alone(
    receiver: Receiver, two: Two, manager: User, session: psycopg.Connection
):
    made = ordered(receiver, two, manager)
    post(made)
    bad, good = add(session, two, "bad 1"), add(session, two, "good 1")
    receiver.answer = lambda event: (422 if event["subject"] == str(bad) else 204, {})
    assert post(made) == 1
    rename(session, bad, "bad 2")
    rename(session, good, "good 2")
    assert post(made) == 1
    assert receiver.names() == {str(good): ["good 1", "good 2"]}
    assert [one.event["subject"] for one in receiver.requests].count(str(bad)) == 1, "the second waits behind the first"
    patience_over(made, two)
    post(made)
    assert [one.event["subject"] for one in receiver.requests].count(str(bad)) == 2
    receiver.answer = lambda event: (204, {})
    patience_over(made, two)
    post(made)
    assert receiver.names()[str(bad)] == ["bad 2"]
    assert not made.held.exists()
    rename(session, bad, "bad 3")
    assert post(made) == 1
    assert receiver.names()[str(bad)] == ["bad 2", "bad 3"]


def test_where_every_feature_is_refused_it_is_not_the_features(
    receiver: Receiver, two: Two, manager: User, session: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("apps.federation.webhooks.posting.MOST_HELD", 3)
    made = ordered(receiver, two, manager)
    post(made)
    receiver.answer = lambda event: (500, {})
    for number in range(10):
        add(session, two, f"street {number}")
    post(made)
    assert len(receiver.requests) == 4
    assert made.held.count() == 3
    receiver.answer = lambda event: (204, {})
    patience_over(made, two)
    assert post(made) == 10
    assert len(receiver.names()) == 10


def test_a_receiver_that_says_gone_is_left_alone(
    receiver: Receiver, two: Two, manager: User, session: psycopg.Connection
):
    made = ordered(receiver, two, manager)
    post(made)
    add(session, two, "one")
    receiver.answer = lambda event: (410, {})
    post(made)
    assert state(made) == "ended"
    add(session, two, "two")
    assert post(made) == 0
    assert len(receiver.requests) == 1


def test_without_consent_nothing_is_sent(receiver: Receiver, two: Two, manager: User, session: psycopg.Connection):
    for refused in ((200, {}), (200, {"WebHook-Allowed-Origin": "other.example"}), (405, {}), (410, {})):
        receiver.consent = refused  # type: ignore[assignment]
        made = ordered(receiver, two, manager)
        add(session, two, "one")
        assert post(made) == 0
        assert state(made) == ("ended" if refused[0] == 410 else "waiting")
    assert receiver.requests == []
    receiver.consent = (200, {"WebHook-Allowed-Origin": "*", "WebHook-Allowed-Rate": "6"})
    made = ordered(receiver, two, manager)
    post(made)
    add(session, two, "two")
    add(session, two, "three")
    post(made)
    assert len(receiver.requests) <= 1, "six a minute are one in ten seconds"
    assert Place.objects.get(subscription=made).a_minute == 6


def test_a_new_secret_signs_beside_the_old_one(
    receiver: Receiver, two: Two, manager: User, session: psycopg.Connection
):
    made = ordered(receiver, two, manager)
    post(made)
    receiver.secrets.append(changing.renew_secret(made, by=manager, at=timezone.now()))
    add(session, two, "signed by both")
    assert post(made) == 1
    assert len(receiver.requests[0].headers["webhook-signature"].split()) == 2
    receiver.secrets = [changing.renew_secret(made, by=manager, at=timezone.now())]
    add(session, two, "the first signs no more")
    assert post(made) == 1
    assert len(receiver.requests[1].headers["webhook-signature"].split()) == 2


def test_the_signature_is_that_of_the_scheme():
    """The example of the scheme's own library, with the time that it was made for."""
    at = datetime(2026, 11, 23, 12, tzinfo=UTC)
    secret = b"0123456789abcdef0123456789abcdef"
    made = headers("msg", '{"a":"ش"}'.encode(), at=at, with_secrets=[secret])
    assert made["webhook-signature"] == Webhook(secret).sign("msg", at, '{"a":"ش"}')


def test_paused_it_waits_and_resumed_it_goes_on(
    receiver: Receiver, two: Two, manager: User, session: psycopg.Connection
):
    made = ordered(receiver, two, manager)
    post(made)
    changing.pause(made, by=manager, at=timezone.now())
    add(session, two, "while paused")
    assert post(made) == 0
    with pytest.raises(NotNow):
        changing.try_out(made, by=manager, at=timezone.now())
    changing.resume(made, by=manager, at=timezone.now())
    assert post(made) == 1
    assert receiver.origins == ["127.0.0.1"] * 2, "whoever is there now is asked anew"
    number = changing.try_out(made, by=manager, at=timezone.now())
    post(made)
    assert receiver.taken[-1]["type"] == "om.baladiya.webhook.test"
    assert receiver.taken[-1]["id"] == str(number)


def test_it_can_be_turned_back_and_filtered(receiver: Receiver, two: Two, manager: User, session: psycopg.Connection):
    inside, kinds = add(session, two, "inside"), {"inserts": False, "updates": True, "deletions": False}
    add(session, two, "outside", "ST_GeomFromText('MULTILINESTRING((59 23, 59.001 23))', 4326)")
    made = ordered(receiver, two, manager, bbox="57.9,22.9,58.1,23.1", equals={"authority": "here"}, **kinds)
    post(made)
    assert receiver.requests == []
    changing.turn_back(made, "beginning", by=manager, at=timezone.now())
    post(made)
    assert receiver.requests == [], "new features are not wanted"
    rename(session, inside, "renamed")
    assert post(made) == 1
    assert receiver.names() == {str(inside): ["renamed"]}


def test_who_fails_for_days_is_left_alone_until_somebody_looks(
    receiver: Receiver, two: Two, manager: User, session: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
):
    made = ordered(receiver, two, manager)
    post(made)
    add(session, two, "one")
    receiver.answer = lambda event: (503, {})
    post(made)
    assert state(made) == "active"
    monkeypatch.setattr("apps.federation.webhooks.keeping.STOPPED_AFTER", timedelta(0))
    patience_over(made, two)
    post(made)
    assert state(made) == "stopped"
    receiver.answer = lambda event: (204, {})
    changing.resume(made, by=manager, at=timezone.now())
    assert post(made) == 1, "nothing was lost"


def test_pauses_grow_and_differ():
    drawn = [pause(tries, None) for tries in (1, 2, 3, 8, 1000) for _ in range(50)]
    assert all(one <= sending.LONGEST_PAUSE for one in drawn)
    assert max(drawn[:50]) < min(drawn[100:150])
    assert min(drawn[200:]) >= sending.LONGEST_PAUSE / 2
    assert len(set(drawn)) > 100


def test_the_log_begun_anew_is_told_first(
    receiver: Receiver, two: Two, manager: User, session: psycopg.Connection, committed_db: str
):
    made = ordered(receiver, two, manager)
    post(made)
    token: Any = Place.objects.get(subscription=made).token
    other = Subscription.objects.get(pk=made.pk)
    other.layer = "aflaj"
    elsewhere = str(changing.reading.now(other))
    session.execute("SELECT set_config('baladiya.user', %s, false)", [str(manager.pk)])
    session.execute("UPDATE federation_place SET token = %s", [elsewhere])
    assert token != elsewhere
    receiver.answer = lambda event: (503, {})
    post(made)
    receiver.answer = lambda event: (204, {})
    patience_over(made, two)
    session.execute("SELECT set_config('baladiya.user', %s, false)", [str(two.officer.pk)])
    add(session, two, "after")
    assert post(made) == 1
    assert [one["type"] for one in receiver.taken] == [
        "om.baladiya.collection.restarted", "om.baladiya.feature.inserted",
    ]  # fmt: skip
    assert len({one.event["id"] for one in receiver.requests}) == 2
