"""The change log as a subscription's reader may see it: nothing hidden from the reader can be in an event."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from apps.accounts.permissions import keys_of, may_manage_members, standing_of
from gis import areas, change_feed, changes, published
from gis.areas import Area
from gis.change_feed import Question, Told
from gis.changes import Page, Token
from gis.db.acting import acting_as
from gis.features import check_names, read_value
from gis.layers import Audience, Layer, registry
from gis.refusals import Refusal

from ..models import Subscription

ACTOR = "job:webhooks"
AUDIENCES = {
    Subscription.Reader.PUBLIC: Audience.PUBLIC,
    Subscription.Reader.AGENCY: Audience.AGENCY,
    Subscription.Reader.OFFICER: Audience.OFFICER,
}
BEGINNING = "beginning"


class Unentitled(Refusal):
    code: ClassVar[str] = "unentitled"
    sentence: ClassVar[str | Promise] = _(
        "The organisation has no key in force any more, or whoever made the subscription manages the authority no more."
        " Resume it when somebody may have it."
    )


class NoBox(Refusal):
    code: ClassVar[str] = "no_box"
    sentence: ClassVar[str | Promise] = _(
        'A box is four numbers in degrees, "west,south,east,north", such as 58.1,23.4,58.6,23.8, and not "%(given)s".'
    )


class NoLayer(Refusal):
    code: ClassVar[str] = "no_layer"
    sentence: ClassVar[str | Promise] = _('There is no layer "%(given)s". Choose another one.')


def layer_of(subscription: Subscription) -> Layer:
    """Raises NoLayer: a layer may be gone that was there when the subscription was made."""
    layer = next((one for one in registry if one.id == subscription.layer), None)
    if layer is None:
        raise NoLayer(given=subscription.layer[:80])
    return layer


def audience_of(subscription: Subscription) -> Audience:
    return AUDIENCES[Subscription.Reader(subscription.reader)]


def is_entitled(subscription: Subscription, *, at: datetime) -> bool:
    """May it still be told what its reader sees? An organisation by a key in force, the authority's own records by a
    manager who still is one; what everybody sees, always."""
    if subscription.organisation_id:
        return bool(keys_of(subscription.organisation_id, at=at))
    if subscription.reader == Subscription.Reader.OFFICER:
        return may_manage_members(standing_of(subscription.made_by, on=localdate(at)), subscription.authority_id)
    return True


def question_of(subscription: Subscription) -> Question:
    """The filter. Raises NoBox, UnknownField and WrongValue: the reader cannot filter by what is hidden from him."""
    layer, audience = layer_of(subscription), audience_of(subscription)
    visible = published.properties(layer, audience)
    check_names(layer, visible, subscription.equals)
    for name, text in subscription.equals.items():
        read_value(name, visible[name], text)
    return Question(areas=_areas(subscription.bbox), equals=subscription.equals)


def now(subscription: Subscription) -> Token:
    """Where the log stands."""
    layer, audience = layer_of(subscription), audience_of(subscription)
    with _reading(subscription):
        return changes.start(layer, audience=audience, using=published.alias(audience))


def page(subscription: Subscription, token: str, *, limit: int) -> Page[Told]:
    """Up to `limit` changes after the token ("beginning": all). Raises what `change_feed.page` raises."""
    since = None if token == BEGINNING else Token.parse(token)
    with _reading(subscription):
        question = question_of(subscription)
        return change_feed.page(layer_of(subscription), audience_of(subscription), question, since=since, limit=limit)


def again(subscription: Subscription, *, era: int, seq: int) -> Told | None:
    """A change told before, as it is told now; None where the feature has a later one."""
    with _reading(subscription):
        question = question_of(subscription)
        return change_feed.again(layer_of(subscription), audience_of(subscription), question, era=era, seq=seq)


@contextmanager
def _reading(subscription: Subscription) -> Iterator[None]:
    """The authority itself reads its own records in full; everybody else reads what is published, as nobody."""
    if audience_of(subscription) is Audience.OFFICER:
        with acting_as(authorities=[subscription.authority_id], actor=ACTOR):
            yield
    else:
        yield


def _areas(text: str) -> tuple[Area, ...]:
    if not text:
        return ()
    try:
        west, south, east, north = map(float, text.split(","))
    except ValueError as error:
        raise NoBox(given=text[:80]) from error
    if not all(map(math.isfinite, (west, south, east, north))) or south > north:
        raise NoBox(given=text[:80])
    return areas.in_degrees(west, south, east, north)
