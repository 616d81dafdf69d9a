"""Who is calling: the public, an agency by its key, or an officer by the session."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.core.refusals import Refusal
from gis.layers import Audience

from .models import AgencyKey, Organisation, User
from .permissions import NOBODY, Standing, standing_of


class UnknownKey(Refusal):
    """A key that is wrong or has ended: answered as such, never as if none had been sent."""

    code = "unknown_key"
    status = 401
    sentence = _("This key is not known or has ended. Ask the authority for a new one, or leave the key out.")


@dataclass(frozen=True)
class Caller:
    """What a request may be shown, and as whom it acts."""

    audience: Audience = Audience.PUBLIC
    standing: Standing = NOBODY
    organisation: Organisation | None = None


def digest_of(key: str) -> str:
    """What is stored of a key. A plain hash will do: a key is 256 random bits, not a word that can be guessed."""
    return hashlib.sha256(key.encode()).hexdigest()


def identify(*, user: User | AnonymousUser, key: str, at: datetime) -> Caller:
    """The best audience that the session or the key proves. A member of no authority is the public.

    Raises UnknownKey. Reads nothing for an anonymous call without a key.
    """
    organisation = organisation_of(key, at=at) if key else None
    standing = standing_of(user, on=timezone.localdate(at))
    if standing.is_officer:
        return Caller(Audience.OFFICER, standing, organisation)
    return Caller(Audience.AGENCY if organisation else Audience.PUBLIC, standing, organisation)


def organisation_of(key: str, *, at: datetime) -> Organisation:
    """Whose key this is. Raises UnknownKey.

    Found by its hash, so the time of the search tells nothing about the key.
    """
    in_force = AgencyKey.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at), digest=digest_of(key))
    found = in_force.select_related("organisation").first()
    if found is None:
        raise UnknownKey
    return found.organisation
