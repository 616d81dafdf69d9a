"""Parcels end and others take their place on the same day: a split, a merger, a new layout."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core.refusals import Refusal
from gis.db.acting import acting_as
from gis.geometry import from_geos
from gis.measure import area_m2, length_m

from ..models import Parcel
from .outlines import Outline, Placed, place
from .particulars import Particulars
from .registering import check_right, close, enter
from .words import in_words


class AreaChanged(Refusal):
    code = "area_changed"
    sentence = _(
        "Before it is %(before)s m², afterwards %(after)s m²: survey tolerance explains %(allowed)s m² of that. "
        "Check that the new outlines fill the old ones."
    )


class NothingToReplace(Refusal):
    code = "nothing_to_replace"
    sentence = _("Name the parcels that end and those that take their place; all of one authority.")


@dataclass(frozen=True)
class Division:
    """One of the parcels that come."""

    outline: Outline
    particulars: Particulars


def replace_parcels(
    *,
    old: Sequence[Parcel],
    new: Sequence[Division],
    on: datetime.date,
    by: User,
    at: datetime.datetime,
    reason: str,
) -> list[Parcel]:
    """End the old ones on the day `on` and enter the new ones from that day.

    Together they have the area that was there, but for the survey tolerance along the old outlines; who holds what
    in the new ones, the title register decides. Raises AreaChanged and what register_parcel and end_parcel raise.
    """
    if not (old and new) or len({parcel.authority_id for parcel in old}) != 1:
        raise NothingToReplace
    authority = old[0].authority
    check_right(by, authority, at=at)
    placed = [place(division.outline, authority) for division in new]
    with in_words(), acting_as(user=by.pk, reason=reason):
        keys = [parcel.pk for parcel in old]
        held = list(Parcel.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
        _check_area(held, placed, tolerance_m=float(authority.survey_tolerance_m))
        for parcel in held:
            close(parcel, on=on)
        return [
            enter(authority=authority, placed=outline, particulars=division.particulars, since=on)
            for outline, division in zip(placed, new, strict=True)
        ]


def _check_area(old: Sequence[Parcel], new: Sequence[Placed], *, tolerance_m: float) -> None:
    """Measured without an overlay, which strangers' outlines could make endless; overlaps are the database's rule."""
    outlines = [from_geos(parcel.geom) for parcel in old]
    before = sum(area_m2(outline) for outline in outlines)
    after = sum(area_m2(from_geos(placed.geom)) for placed in new)
    allowed = tolerance_m * sum(length_m(outline) for outline in outlines)
    if abs(after - before) > allowed:
        raise AreaChanged(before=f"{before:.1f}", after=f"{after:.1f}", allowed=f"{allowed:.1f}")
