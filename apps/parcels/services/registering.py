"""One parcel enters the register, is corrected in it, or ends."""

import datetime
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.permissions import may_edit_layer, standing_of
from apps.core.refusals import NotAllowed, Refusal
from apps.territory.models import Authority
from gis.db.acting import acting_as

from ..models import Parcel, Right
from .outlines import Outline, Placed, keep_original, place
from .particulars import Particulars
from .words import in_words


class EndsBeforeItBegins(Refusal):
    code = "ends_before_it_begins"
    sentence = _("Plot %(plot)s is in force from %(since)s; it cannot end on %(day)s. Give a later day.")


def register_parcel(
    *,
    authority: Authority,
    outline: Outline,
    particulars: Particulars,
    since: datetime.date,
    by: User,
    at: datetime.datetime,
    reason: str,
) -> Parcel:
    """Enter a new parcel, in force from the day `since`.

    Raises NotAllowed, BadGeometry, OutsideJurisdiction, UnknownSystem, PlotTaken, Overlap or Busy.
    """
    check_right(by, authority, at=at)
    placed = place(outline, authority)
    with in_words(), acting_as(user=by.pk, reason=reason):
        return enter(authority=authority, placed=placed, particulars=particulars, since=since)


def correct_outline(*, parcel: Parcel, outline: Outline, by: User, at: datetime.datetime, reason: str) -> Parcel:
    """The world is as it was, but we had it wrong: the outline changes for the whole time of the parcel.

    What was recorded before stays in the history. Raises what register_parcel raises.
    """
    check_right(by, parcel.authority, at=at)
    placed = place(outline, parcel.authority)
    with in_words(), acting_as(user=by.pk, reason=reason):
        held: Parcel = Parcel.objects.select_for_update().get(pk=parcel.pk)
        redraw(held, placed)
    return held


def end_parcel(*, parcel: Parcel, on: datetime.date, by: User, at: datetime.datetime, reason: str) -> Parcel:
    """From the day `on` there is no such parcel, and nobody holds anything in it."""
    check_right(by, parcel.authority, at=at)
    with in_words(), acting_as(user=by.pk, reason=reason):
        held: Parcel = Parcel.objects.select_for_update().get(pk=parcel.pk)
        close(held, on=on)
    return held


def check_right(by: User, authority: Authority, *, at: datetime.datetime) -> None:
    """Whoever edits the authority's layers keeps its parcels. Raises NotAllowed."""
    if not may_edit_layer(standing_of(by, on=timezone.localdate(at)), authority.pk):
        raise NotAllowed


def enter(*, authority: Authority, placed: Placed, particulars: Particulars, since: datetime.date) -> Parcel:
    """Store a parcel and where its outline comes from; the caller has opened the transaction."""
    parcel: Parcel = Parcel.objects.create(
        authority=authority, geom=placed.geom, valid_from=since, **particulars.values
    )
    keep_original(parcel, placed)
    return parcel


def redraw(parcel: Parcel, placed: Placed, **values: Any) -> None:
    """Give a parcel another outline, and other particulars where named; the caller holds its row."""
    values["geom"] = placed.geom
    for name, value in values.items():
        setattr(parcel, name, value)
    parcel.save(update_fields=list(values))
    parcel.refresh_from_db(fields=["computed_area_m2"])
    keep_original(parcel, placed)


def close(parcel: Parcel, *, on: datetime.date) -> None:
    """End a parcel and the rights in it; the caller holds its row. Raises EndsBeforeItBegins."""
    if on < parcel.valid_from:
        raise EndsBeforeItBegins(plot=parcel.plot_no, since=parcel.valid_from, day=on)
    parcel.valid_to = on
    parcel.save(update_fields=["valid_to"])
    held = Right.objects.filter(parcel=parcel, valid_to__isnull=True)
    held.filter(valid_from__lte=on).update(valid_to=on)
    held.filter(valid_from__gt=on).update(valid_to=F("valid_from"))
