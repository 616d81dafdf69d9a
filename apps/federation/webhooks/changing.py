"""What people do with subscriptions. Managers of the authority may, for their own; an organisation reads every
authority's published records, so its subscriptions are made by superusers, as its keys are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Organisation, User
from apps.accounts.permissions import may_manage_members, standing_of
from apps.core.refusals import NotAllowed
from apps.territory.models import Authority
from gis.changes import Token
from gis.db.acting import acting_as
from gis.refusals import Refusal

from ..models import Held, Place, Subscription
from . import reading
from .guarded import checked
from .signing import new_secret

State = Subscription.State
Reader = Subscription.Reader


class NotNow(Refusal):
    code: ClassVar[str] = "not_now"
    sentence: ClassVar[str | Promise] = _(
        "The subscription %(state)s. Only an active one can be tried, and only one that has stopped is resumed."
    )


@dataclass(frozen=True)
class Order:
    """What somebody wants to be told: see `Subscription`. `beginning`: all that the log holds, and not from now on."""

    purpose: str
    layer: str
    url: str
    reader: str = Reader.PUBLIC
    organisation: Organisation | None = None
    bbox: str = ""
    equals: Mapping[str, str] = field(default_factory=dict)
    inserts: bool = True
    updates: bool = True
    deletions: bool = True
    beginning: bool = False


@transaction.atomic
def subscribe(order: Order, *, authority: Authority, by: User, at: datetime) -> tuple[Subscription, str]:
    """A subscription that waits for its receiver's consent, and the secret, which is seen this once.

    Raises NotAllowed, NotForWebhooks, and what the filter is refused with.
    """
    checked(order.url)
    made = Subscription(
        authority=authority, purpose=order.purpose, reader=order.reader, organisation=order.organisation,
        layer=order.layer, bbox=order.bbox, equals=dict(order.equals), inserts=order.inserts, updates=order.updates,
        deletions=order.deletions, url=order.url, made_by=by, made_at=at,
    )  # fmt: skip
    _allow(made, by=by, at=at)
    reading.question_of(made)
    token = reading.BEGINNING if order.beginning else str(reading.now(made))
    with acting_as(user=by.pk, reason=order.purpose):
        made.save(force_insert=True)
        Place.objects.create(subscription=made, authority=authority, token=token)
        return made, new_secret(made, at=at)


@transaction.atomic
def pause(subscription: Subscription, *, by: User, at: datetime) -> None:
    """Nothing is sent until it is resumed, and then everything since: the log does not grow old."""
    _allow(subscription, by=by, at=at)
    _become(subscription, State.PAUSED, (State.WAITING, State.ACTIVE), by=by)


@transaction.atomic
def resume(subscription: Subscription, *, by: User, at: datetime) -> None:
    """Where it stood; the receiver is asked for its consent first, whoever is there by now. Whoever resumes it answers
    for it from now on. Raises Unentitled where an organisation has no key."""
    _allow(subscription, by=by, at=at)
    subscription.made_by_id = by.pk
    if not reading.is_entitled(subscription, at=at):
        raise reading.Unentitled
    _become(
        subscription, State.WAITING, (State.PAUSED, State.STOPPED, State.UNENTITLED, State.ENDED), by=by, made_by=by.pk
    )
    with acting_as(user=by.pk, reason="resumed"):
        _moved(subscription)
        Held.objects.filter(subscription=subscription).update(tries=1, since=at, next_at=at)


@transaction.atomic
def turn_back(subscription: Subscription, token: str, *, by: User, at: datetime) -> None:
    """Tell everything after the token once more: one of the change log of this layer, or "beginning".

    Raises BadToken, and LogRestarted where it is of another layer, reader or database.
    """
    _allow(subscription, by=by, at=at)
    given = token.strip().partition(".")[0]  # over HTTP a token carries the question that it belongs to
    if given != reading.BEGINNING:
        given = str(Token.parse(given))
    reading.page(subscription, given, limit=1)
    with acting_as(user=by.pk, reason="turned back"):
        _moved(subscription, token=given, sent=[], restarted=False)
        Held.objects.filter(subscription=subscription).delete()


@transaction.atomic
def try_out(subscription: Subscription, *, by: User, at: datetime) -> UUID:
    """Send an event that tells of nothing, as the next one; gives its number, by which the log of deliveries has it."""
    _allow(subscription, by=by, at=at)
    if not Subscription.objects.filter(pk=subscription.pk, state=State.ACTIVE).exists():
        raise NotNow(state=subscription.get_state_display())
    number = uuid4()
    with acting_as(user=by.pk, reason="tried out"):
        _moved(subscription, test=number)
    return number


@transaction.atomic
def renew_secret(subscription: Subscription, *, by: User, at: datetime) -> str:
    """A new secret, seen this once; the one before it signs beside it for another day."""
    _allow(subscription, by=by, at=at)
    with acting_as(user=by.pk, reason="new secret"):
        return new_secret(subscription, at=at)


def _allow(subscription: Subscription, *, by: User, at: datetime) -> None:
    standing = standing_of(by, on=timezone.localdate(at))
    own = may_manage_members(standing, subscription.authority_id)
    if not own or (subscription.reader == Reader.AGENCY and not standing.everywhere):
        raise NotAllowed


def _become(
    subscription: Subscription, state: Subscription.State, from_: tuple[State, ...], *, by: User, **about: UUID
) -> None:
    with acting_as(user=by.pk, reason=state.value):
        changed = Subscription.objects.filter(pk=subscription.pk, state__in=from_).update(state=state, **about)
    if not changed:
        raise NotNow(state=subscription.get_state_display())
    subscription.state = state


def _moved(subscription: Subscription, **changes: object) -> None:
    """A sender that is at work finds out before its next event."""
    at_once = {"turn": F("turn") + 1, "tries": 0, "next_at": None, "failing_since": None}
    Place.objects.filter(subscription=subscription).update(**at_once, **changes)
