"""Keys of organisations' programs. A key is shown once; what is stored cannot be turned back into it."""

import secrets
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from apps.core.refusals import NotAllowed
from gis.db.acting import acting_as
from gis.scopes import Grant

from ..callers import digest_of
from ..models import AgencyKey, KeyScope, Organisation, User

BYTES = 32
PREFIX = "bld_"  # so that a key that leaks into a file is found by a scan for secrets


@transaction.atomic
def make_agency_key(
    *,
    organisation: Organisation,
    purpose: str,
    by: User,
    at: datetime,
    ends_at: datetime | None = None,
    grants: Iterable[Grant] = (),
) -> str:
    """A new key. Without grants it reads all that agencies see, of every authority; with them, it does these alone.

    Only a superuser makes keys.
    """
    if not (by.is_active and by.is_superuser):
        raise NotAllowed
    key = PREFIX + secrets.token_urlsafe(BYTES)
    with acting_as(user=by.pk, reason=purpose):
        listed = list(grants)
        made = AgencyKey.objects.create(
            organisation=organisation,
            digest=digest_of(key),
            purpose=purpose,
            made_at=at,
            ends_at=ends_at,
            scoped=bool(listed),
        )
        KeyScope.objects.bulk_create(
            KeyScope(
                key=made,
                layer=grant.layer,
                authority_id=grant.authority,
                fields=sorted(grant.fields),
                verbs=sorted(grant.verbs),
            )
            for grant in listed
        )
    return key


def end_agency_key(*, key: AgencyKey, by: User, at: datetime) -> None:
    """From this moment the key opens nothing."""
    if not (by.is_active and by.is_superuser):
        raise NotAllowed
    with acting_as(user=by.pk, reason="key ended"):
        held = AgencyKey.objects.select_for_update().get(pk=key.pk)
        if held.ends_at is None or held.ends_at > at:
            held.ends_at = at
            held.save(update_fields=["ends_at"])
