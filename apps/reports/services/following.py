"""The reporter's look at their report: by its number what the public may know, with the token all of it."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.contrib.gis.geos import GEOSGeometry
from django.core.files import File
from django.db.models.fields.files import ImageFieldFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.core.refusals import NotAllowed, NotFound
from gis.db.acting import acting_as

from ..models import Category, Photo, Report, StatusNote
from ..numbers import read_number
from . import keys
from .whose import whose


class UnknownReport(NotFound):
    code = "unknown_report"
    sentence = _("There is no report with this number. Compare it with the one you were given.")


class WrongToken(NotAllowed):
    code = "wrong_token"
    sentence = _("This link does not belong to the report. Use the link you were given, or the number alone.")


@dataclass(frozen=True)
class FollowUp:
    """What is shown. `own` is true for the reporter, who proved it by the token.

    Without it `place` is the public place (exact, a square, or None), `text` and `answers` are empty, and `photos`
    are the ids of the copies that were published. The reporter sees all of their photos, also the `waiting` ones that
    nobody has reviewed yet.
    """

    number: str
    category: Category
    status: Report.Status
    reported_on: datetime.date
    place: GEOSGeometry | None
    photos: tuple[UUID, ...]
    own: bool
    text: str = ""
    answers: tuple[StatusNote, ...] = ()
    waiting: int = 0


def find_for_follow_up(number: str, token: str | None = None) -> FollowUp:
    """The report of this number, as typed. Raises BadNumber, UnknownReport or WrongToken."""
    with _report(number, token) as report:
        return _follow_up(report, own=token is not None)


@contextmanager
def _report(number: str, token: str | None) -> Iterator[Report]:
    """Acts for the report's authority meanwhile. A token that is given must be the right one."""
    found = whose(number=read_number(number))
    if found is None:
        raise UnknownReport
    with acting_as(authorities=[found.authority], actor="citizen"):
        report = Report.objects.select_related("category").get(pk=found.report)
        if token is not None and not keys.opens(token, report):
            raise WrongToken
        yield report


class UnknownPhoto(NotFound):
    code = "unknown_photo"
    sentence = _("There is no such photo, or it is not public.")


def open_public_photo(number: str, photo_id: UUID) -> "File[bytes]":
    """The reviewed copy of a report's photo. Raises BadNumber, UnknownReport or UnknownPhoto."""
    with _report(number, None) as report:
        shown = report.photos.filter(pk=photo_id, review=Photo.Review.PUBLIC).first()
    if shown is None:
        raise UnknownPhoto
    return open_kept(shown.public_image)


def open_own_photo(number: str, photo_id: UUID, token: str) -> "File[bytes]":
    """The reporter's own photo, reviewed or not: small, without metadata. Raises WrongToken besides."""
    with _report(number, token) as report:
        shown = report.photos.filter(pk=photo_id).first()
    if shown is None:
        raise UnknownPhoto
    return open_kept(shown.image)


def open_kept(image: ImageFieldFile) -> "File[bytes]":
    """A photo's file. Raises UnknownPhoto where the storage has lost it: the row alone shows nothing."""
    try:
        return image.open()
    except FileNotFoundError as error:
        raise UnknownPhoto from error


def _follow_up(report: Report, *, own: bool) -> FollowUp:
    reviews = dict(report.photos.order_by("pk").values_list("pk", "review"))
    return FollowUp(
        number=report.number,
        category=report.category,
        status=Report.Status(report.status),
        reported_on=timezone.localdate(report.reported_at),
        place=report.geom if own else report.public_place,
        photos=tuple(pk for pk, review in reviews.items() if own or review == Photo.Review.PUBLIC),
        own=own,
        text=report.text if own else "",
        answers=tuple(report.notes.all()) if own else (),
        waiting=list(reviews.values()).count(Photo.Review.WAITING) if own else 0,
    )
