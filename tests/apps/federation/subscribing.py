"""Two authorities with streets, and subscriptions to them."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import psycopg
from django.utils import timezone

from apps.accounts.models import Membership, User
from apps.federation.models import Place, Subscription
from apps.federation.webhooks import posting
from apps.federation.webhooks.changing import Order, subscribe
from apps.territory.models import Authority
from gis.db.acting import acting_as
from tests.apps.accounts.city import Two
from tests.apps.federation.receiver import Receiver

LINE = "ST_GeomFromText('MULTILINESTRING((58 23, 58.001 23))', 4326)"
Sessions = Callable[[], psycopg.Connection]


def manager_of(two: Two) -> User:
    person: User = User.objects.using("owner").create(username="manager")
    Membership.objects.using("owner").create(user=person, authority=two.here, role="manager")
    return person


def ordered(receiver: Receiver, two: Two, by: User, **asked: Any) -> Subscription:
    """A subscription to the streets of `here`; the receiver knows its secret."""
    order = Order(**{"purpose": "A neighbour", "layer": "streets", "url": receiver.url} | asked)
    authority, person = Authority.objects.get(pk=two.here.pk), User.objects.get(pk=by.pk)  # by the web's login
    made, secret = subscribe(order, authority=authority, by=person, at=timezone.now())
    receiver.secrets.append(secret)
    return made


def add(session: psycopg.Connection, two: Two, name: str, line: str = LINE) -> UUID:
    row = session.execute(
        f"INSERT INTO addressing_street (authority_id, name_ar, geom) VALUES (%s, %s, {line}) RETURNING id",
        [two.here.id, name],
    ).fetchone()
    assert row
    return row[0]


def rename(session: psycopg.Connection, key: UUID, name: str) -> None:
    session.execute("UPDATE addressing_street SET name_ar = %s WHERE id = %s", [name, key])


def delete(session: psycopg.Connection, key: UUID) -> None:
    session.execute("DELETE FROM addressing_street WHERE id = %s", [key])


def streets(session: psycopg.Connection) -> dict[str, str]:
    return dict(session.execute("SELECT id::text, name_ar FROM addressing_street").fetchall())


def state(made: Subscription) -> str:
    return Subscription.objects.get(pk=made.pk).state


def patience_over(made: Subscription, two: Two) -> None:
    """The pauses until the next attempts have passed."""
    with acting_as(authorities=[two.here.id], actor="test"):
        Place.objects.filter(subscription=made).update(next_at=None)
        made.held.update(next_at=timezone.now())


def post(made: Subscription) -> int:
    return posting.post(made.pk)
