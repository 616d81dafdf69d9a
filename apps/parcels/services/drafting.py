"""An outline is proposed by one and decided by another: nobody draws a parcel alone."""

import datetime
import hashlib

from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core.refusals import Conflict, NotAllowed
from apps.territory.models import Authority
from gis.db.acting import acting_as
from gis.origins import ewkb
from gis.wkb import from_wkb

from ..models import Parcel, ParcelDraft
from .outlines import Outline, place
from .particulars import Particulars
from .registering import check_right, enter, redraw
from .words import in_words


class DraftDecided(Conflict):
    code = "draft_decided"
    sentence = _("This draft has been decided already. Look at it again, or propose anew.")


class OwnDraft(NotAllowed):
    code = "own_draft"
    sentence = _("Somebody else must decide on what you have proposed. Ask a colleague.")


class OutlineChanged(Conflict):
    code = "outline_changed"
    sentence = _("The parcel's outline has changed since this was proposed. Reject the draft and propose anew.")


def propose_parcel(
    *,
    authority: Authority,
    outline: Outline,
    particulars: Particulars,
    since: datetime.date,
    by: User,
    at: datetime.datetime,
    reason: str,
    parcel: Parcel | None = None,
) -> ParcelDraft:
    """Propose a new parcel from the day `since`, or a correction of one that is there.

    Raises NotAllowed, BadGeometry, OutsideJurisdiction or UnknownSystem; overlaps are judged when it is decided.
    """
    check_right(by, authority, at=at)
    if parcel is not None and parcel.authority_id != authority.pk:
        raise NotAllowed
    placed = place(outline, authority)
    with in_words(), acting_as(user=by.pk, reason=reason):
        return ParcelDraft.objects.create(
            authority=authority,
            parcel=parcel,
            geom=placed.geom,
            original=ewkb(outline.original, placed.operation.source),
            system=placed.operation.source,
            seen=_seen(parcel),
            valid_from=since,
            reason=reason,
            proposed_by=by,
            proposed_at=at,
            **particulars.values,
        )


def approve_draft(*, draft: ParcelDraft, by: User, at: datetime.datetime, answer: str = "") -> Parcel:
    """What was proposed becomes the parcel. Raises DraftDecided, OwnDraft, OutlineChanged, Overlap, PlotTaken, …"""
    check_right(by, draft.authority, at=at)
    with in_words(), acting_as(user=by.pk, reason=draft.reason):
        held = _undecided(draft, by)
        placed = place(Outline(from_wkb(bytes(held.original)), held.system), held.authority)
        particulars = Particulars.of(held)
        if held.parcel_id is None:
            held.parcel = enter(authority=held.authority, placed=placed, particulars=particulars, since=held.valid_from)
        else:
            held.parcel = _as_it_was_seen(held)
            redraw(held.parcel, placed, **particulars.values)
        _decide(held, ParcelDraft.State.APPROVED, by=by, at=at, answer=answer)
    return held.parcel


def reject_draft(*, draft: ParcelDraft, by: User, at: datetime.datetime, answer: str) -> ParcelDraft:
    """Nothing becomes of it. Raises DraftDecided or OwnDraft."""
    check_right(by, draft.authority, at=at)
    with in_words(), acting_as(user=by.pk, reason=answer):
        held = _undecided(draft, by)
        _decide(held, ParcelDraft.State.REJECTED, by=by, at=at, answer=answer)
    return held


def _undecided(draft: ParcelDraft, by: User) -> ParcelDraft:
    held = ParcelDraft.objects.select_for_update().get(pk=draft.pk)
    if held.state != ParcelDraft.State.PROPOSED:
        raise DraftDecided
    if held.proposed_by_id == by.pk:
        raise OwnDraft
    return held


def _as_it_was_seen(draft: ParcelDraft) -> Parcel:
    parcel: Parcel = Parcel.objects.select_for_update().get(pk=draft.parcel_id)
    if _seen(parcel) != draft.seen:
        raise OutlineChanged
    return parcel


def _seen(parcel: Parcel | None) -> str:
    return hashlib.sha256(bytes(parcel.geom.ewkb)).hexdigest() if parcel else ""


def _decide(draft: ParcelDraft, state: str, *, by: User, at: datetime.datetime, answer: str) -> None:
    draft.state, draft.decided_by, draft.decided_at, draft.answer = state, by, at, answer
    draft.save(update_fields=["state", "decided_by", "decided_at", "answer", "parcel"])
