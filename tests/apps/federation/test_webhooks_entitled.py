"""A subscription lives by the right of somebody: it ends with that, before the next event, and the desk says so."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.utils import timezone

from apps.accounts.models import AgencyKey, Membership, Organisation, User
from apps.accounts.permissions import standing_of
from apps.federation.context_processors import _notices
from apps.federation.models import Attempt
from apps.federation.webhooks import changing, reading
from tests.apps.accounts.city import Two, web_session

from .receiver import Receiver, receiving
from .subscribing import add, ordered, post, state


@pytest.fixture
def session(committed_db: str, two: Two) -> Iterator[psycopg.Connection]:
    with web_session(committed_db, two.officer) as one:
        yield one


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOK_HOSTS = ["127.0.0.1"]
    with receiving() as one:
        yield one


@pytest.fixture
def office(two: Two) -> Organisation:
    made: Organisation = Organisation.objects.using("owner").create(code="survey", name_ar="مساحة")
    AgencyKey.objects.using("owner").create(
        organisation=made, digest="0" * 64, purpose="test", made_at=datetime.now(tz=UTC)
    )
    return made


def leaves(person: User) -> None:
    now = timezone.localdate()
    Membership.objects.using("owner").filter(user=person).update(
        valid_from=now - timedelta(days=9), valid_to=now - timedelta(days=1)
    )


def ends(office: Organisation, at: Any) -> None:
    AgencyKey.objects.using("owner").filter(organisation=office).update(ends_at=at)


def test_a_manager_who_has_left_is_told_nothing_more(
    receiver: Receiver, two: Two, manager: User, session: psycopg.Connection
):
    made = ordered(receiver, two, manager, reader="officer")
    add(session, two, "before")
    assert post(made) == 1
    leaves(manager)
    add(session, two, "after")
    assert post(made) == 0
    assert state(made) == "unentitled"
    assert str(reading.Unentitled()) == Attempt.objects.filter(subscription=made).latest("at").answer
    [(said, _address)] = _notices(standing_of(User.objects.get(username="national"), on=timezone.localdate()))
    assert said == "توقف اشتراك عن إبلاغ مستقبِله. انظر السبب ثم استأنفه."
    assert post(made) == 0

    other = User.objects.using("owner").create(username="successor")
    Membership.objects.using("owner").create(user=other, authority=two.here, role="manager")
    made.refresh_from_db()
    changing.resume(made, by=User.objects.get(pk=other.pk), at=timezone.now())
    assert post(made) == 1, "nothing was lost, and somebody answers for it again"
    made.refresh_from_db()
    assert made.made_by_id == other.pk


def test_what_everybody_sees_needs_nobody(receiver: Receiver, two: Two, manager: User, session: psycopg.Connection):
    made = ordered(receiver, two, manager, reader="public")
    leaves(manager)
    add(session, two, "after")
    assert post(made) == 1


def test_an_organisation_without_a_key_is_told_nothing_more(
    receiver: Receiver, two: Two, office: Organisation, session: psycopg.Connection
):
    made = ordered(receiver, two, two.national, reader="agency", organisation=Organisation.objects.get(pk=office.pk))
    add(session, two, "before")
    assert post(made) == 1
    ends(office, timezone.now())
    add(session, two, "after")
    assert (post(made), state(made)) == (0, "unentitled")
    made.refresh_from_db()
    by = User.objects.get(pk=two.national.pk)
    with pytest.raises(reading.Unentitled):
        changing.resume(made, by=by, at=timezone.now())
    ends(office, None)
    changing.resume(made, by=by, at=timezone.now())
    assert post(made) == 1


def test_an_event_that_was_read_is_not_sent_any_more(
    receiver: Receiver, two: Two, office: Organisation, session: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
):
    """The key ends while a page of the log is being told."""
    made = ordered(receiver, two, two.national, reader="agency", organisation=Organisation.objects.get(pk=office.pk))
    post(made)
    for name in ("one", "two"):
        add(session, two, name)
    ours = reading.is_entitled
    seen: list[bool] = []

    def entitled(*given: Any, **more: Any) -> bool:
        if len(seen) == 2:  # the round, and the first event
            ends(office, timezone.now() - timedelta(seconds=1))
        seen.append(ours(*given, **more))
        return seen[-1]

    monkeypatch.setattr(reading, "is_entitled", entitled)
    assert post(made) == 1
    assert state(made) == "unentitled"


OWNED = ("federation_secret", "federation_place")


def test_the_database_keeps_what_belongs_to_a_subscription_at_home(
    receiver: Receiver, two: Two, manager: User, committed_db: str
):
    made = ordered(receiver, two, manager)
    for table in OWNED:
        with web_session(committed_db, two.national) as one, pytest.raises(psycopg.errors.ForeignKeyViolation):
            one.execute(f"UPDATE {table} SET authority_id = %s WHERE subscription_id = %s", [two.there.id, made.pk])
    with web_session(committed_db, two.national) as one, pytest.raises(psycopg.errors.ForeignKeyViolation):
        one.execute("UPDATE federation_subscription SET authority_id = %s", [two.there.id])


@pytest.mark.parametrize("change", ["reader = 'agency', organisation_id = %(office)s", "made_by_id = %(other)s"])
def test_the_database_lets_no_manager_take_more(
    receiver: Receiver, two: Two, manager: User, office: Organisation, committed_db: str, change: str
):
    ordered(receiver, two, manager)
    about = {"office": office.pk, "other": two.national.pk}
    with web_session(committed_db, manager) as one, pytest.raises(psycopg.errors.InsufficientPrivilege):
        one.execute(f"UPDATE federation_subscription SET {change}", about)
