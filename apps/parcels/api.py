"""A parcel that a program sends becomes a draft, as one that an officer enters at the desk."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core.refusals import NotAllowed, Refusal

from .models import Parcel
from .services import Outline, Particulars, propose_parcel, surveyed_outline


class NoReason(Refusal):
    code = "draft_without_reason"
    sentence = _(
        'A draft says why: whoever decides must know. Give the reason in the parameter "reason" of the address.'
    )


def propose(*, record: Parcel, original: Any, system: str, reason: str, user: UUID | None) -> str:
    """Keep the draft of a parcel as it is to be; gives the address where it is decided. See `gis.layers.Drafts`.

    Without `original` the outline stays the surveyed one. Raises NoReason and what `propose_parcel` raises.
    """
    if not reason.strip():
        raise NoReason
    by = User.objects.filter(pk=user).first() if user else None
    if by is None:
        raise NotAllowed
    now = timezone.now()
    new = record._state.adding
    draft = propose_parcel(
        authority=record.authority,
        outline=Outline(original, system) if original is not None else surveyed_outline(record),
        particulars=Particulars.of(record),
        since=timezone.localdate(now) if new else record.valid_from,
        by=by,
        at=now,
        reason=reason.strip(),
        parcel=None if new else record,
    )
    return reverse("admin:parcels_parceldraft_change", args=[draft.pk])
