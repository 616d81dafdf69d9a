"""Who is calling: the public, an agency by its key or an access token, or an officer by the session."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.core.refusals import Refusal
from gis.layers import Audience
from gis.scopes import Grant, Scope

from .models import AccessToken, AgencyKey, Organisation, User
from .permissions import NOBODY, Standing, standing_of


class UnknownKey(Refusal):
    """A key that is wrong or has ended: answered as such, never as if none had been sent."""

    code = "unknown_key"
    status = 401
    sentence = _("This key is not known or has ended. Ask the authority for a new one, or leave the key out.")


class UnknownToken(UnknownKey):
    code = "invalid_token"
    sentence = _("This access token is not known or has ended. Ask for a new one with your key.")


@dataclass(frozen=True)
class Shown:
    """What a program shows to be let in: its key, or a `token` that it was given for one."""

    text: str
    token: bool = False


@dataclass(frozen=True)
class Caller:
    """What a request may be shown, and as whom it acts. `key` is the one it came with, `shown` its digest."""

    audience: Audience = Audience.PUBLIC
    standing: Standing = NOBODY
    organisation: Organisation | None = None
    key: AgencyKey | None = None
    shown: str = ""


def digest_of(key: str) -> str:
    """What is stored of a key. A plain hash will do: a key is 256 random bits, not a word that can be guessed."""
    return hashlib.sha256(key.encode()).hexdigest()


def identify(*, user: User | AnonymousUser, shown: Shown | None, at: datetime) -> Caller:
    """The best audience that the session or the key proves. A member of no authority is the public.

    Raises UnknownKey. Reads nothing for an anonymous call without a key.
    """
    key = key_of(shown, at=at) if shown else None
    organisation = key.organisation if key else None
    standing = standing_of(user, on=timezone.localdate(at))
    if standing.is_officer:
        return Caller(Audience.OFFICER, standing, organisation)
    if key is None or shown is None:
        return Caller(Audience.PUBLIC, standing)
    audience = Audience.of_key(scope_of(key)) if key.scoped else Audience.AGENCY
    return Caller(audience, standing, organisation, key, digest_of(shown.text))


def key_of(shown: Shown, *, at: datetime) -> AgencyKey:
    """The key in force that is shown, or that the token was given for. Raises UnknownKey.

    Found by its hash, so the time of the search tells nothing about the key.
    """
    in_force = AgencyKey.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at)).select_related("organisation")
    digest = digest_of(shown.text)
    if shown.token:
        tokens = AccessToken.objects.filter(digest=digest, ends_at__gt=at)
        found = in_force.filter(pk__in=tokens.values("key")).first()
    else:
        found = in_force.filter(digest=digest).first()
    if found is None:
        raise UnknownToken if shown.token else UnknownKey
    return found


def organisation_of(key: str, *, at: datetime) -> Organisation:
    """Whose key this is. Raises UnknownKey."""
    return key_of(Shown(key), at=at).organisation


def scope_of(key: AgencyKey) -> Scope:
    """What a key that is limited opens."""
    return Scope(
        str(key.pk),
        tuple(
            Grant(line.layer, line.authority_id, frozenset(line.fields), frozenset(line.verbs))
            for line in key.scopes.order_by("pk")
        ),
    )
