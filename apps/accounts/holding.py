"""What somebody holds at this moment, by what is kept of them ("user:…", "agency:…"), and what a request shows of it.

An officer's reading rests on each authority that they work for, an organisation's on the key that was shown.
"""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone

from gis.layers import Audience
from gis.rights import EVERYWHERE, NOTHING, Held

from .callers import Caller
from .models import AgencyKey, User
from .permissions import Action, Standing, keys_of, standing_of


def shown(request: HttpRequest) -> frozenset[str]:
    """The rights on which the answer to this request rests."""
    caller: Caller = request.__dict__.get("caller") or Caller()
    if caller.audience is Audience.OFFICER:
        return _of_officer(caller.standing)
    return frozenset({_of_key(caller.key)}) if caller.key else frozenset()


def held_by(whose: str) -> Held:
    """What they hold now. Of the public, and of whoever has lost all, nothing."""
    kind, _colon, name = whose.partition(":")
    now = timezone.now()
    if kind == "user":
        return _held_by_person(User.objects.filter(pk=UUID(name), is_active=True).first(), now)
    if kind in ("agency", "organisation"):
        keys = keys_of(UUID(name), at=now)
        return Held(Audience.AGENCY, None, frozenset(map(_of_key, keys))) if keys else NOTHING
    return NOTHING


def _held_by_person(person: User | None, now: datetime) -> Held:
    standing = standing_of(person, on=timezone.localdate(now)) if person else None
    if person is None or standing is None or not standing.is_officer:
        return NOTHING
    return Held(Audience.OFFICER, person.pk, _of_officer(standing))


def _of_officer(standing: Standing) -> frozenset[str]:
    if standing.everywhere:
        return frozenset({EVERYWHERE})
    return frozenset(f"authority:{one}" for one in standing.authorities(Action.READ_PRIVATE))


def _of_key(key: AgencyKey) -> str:
    return f"key:{key.pk}"
