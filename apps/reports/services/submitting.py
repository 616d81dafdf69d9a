"""Taking in a citizen's report. Sending it again is safe: the phone's id is the report's identity (reliability, T1)."""

import hashlib
import json
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from apps.addressing.services import address_near
from apps.core.refusals import Conflict, Refusal
from apps.territory.models import Authority
from gis.db.acting import acting_as

from .. import photos as photo_gate
from ..models import Category, Photo, Report, Reporter
from ..photos import Readable
from . import keys
from .whose import whose

MOST_PHOTOS = 4
ACTOR = "citizen"
NEAR_M = 100  # an address farther away says nothing about the place


class NowhereOurs(Refusal):
    code = "outside_every_authority"
    sentence = _("This place is in no municipality that takes reports here. Move the pin to where the problem is.")


class CategoryNotOffered(Refusal):
    code = "category_not_offered"
    sentence = _("This kind of problem is not offered any more. Choose another one.")


class TooManyPhotos(Refusal):
    code = "too_many_photos"
    sentence = _("Send up to %(most)s photos with a report.")


class TooLong(Refusal):
    code = "too_long"
    sentence = _("%(field)s: up to %(most)s letters fit here. Shorten it.")


class NotText(Refusal):
    code = "not_text"
    sentence = _("%(field)s holds a character that is no text (NUL). Type it again.")


class BadEmail(Refusal):
    code = "bad_email"
    sentence = _("This is not an e-mail address. Write it like name@example.org, or leave it empty.")


class SentOtherwise(Conflict):
    """Somebody else's id, or the same phone's with another body; which of the two is not told, nor what was sent."""

    code = "sent_otherwise"
    sentence = _("A different report was already sent under this id. Start a new report.")


@dataclass(frozen=True)
class _Words:
    text: str
    name: str
    phone: str
    email: str


def submit_report(
    *,
    category: Category,
    location: Point,
    text: str,
    photos: Iterable[Readable],
    client_id: UUID,
    language: str,
    at: datetime,
    reporter_name: str = "",
    reporter_phone: str = "",
    reporter_email: str = "",
) -> Report:
    """Store a report at the authority in whose jurisdiction the point lies (longitude, latitude; EPSG:4326).

    The citizen has no rights, so it runs as a job for that authority. The same `client_id` with the same body gives
    the report that is there; with another body it raises SentOtherwise. `at` is the server's clock, not the phone's.
    """
    words = _clean_words(text=text, name=reporter_name, phone=reporter_phone, email=reporter_email)
    raws = _read_all(photos)
    body = _body_hash(category, location, words, raws)
    if earlier := _earlier(client_id, body):
        return earlier
    if not category.active:
        raise CategoryNotOffered
    authority = _responsible_for(location, at)
    pictures = {photo.sha256: photo for photo in map(photo_gate.clean, raws)}.values()
    with _files_go_with_the_transaction() as files, acting_as(authorities=[authority.pk], actor=ACTOR):
        try:
            with transaction.atomic():
                report = Report.objects.create(
                    authority=authority,
                    category=category,
                    text=words.text,
                    address=_address(location),
                    reported_at=at,
                    client_id=keys.kept_id(client_id),
                    body_hash=body,
                    token=keys.kept(keys.key_of(client_id)),
                    language=language,
                    geom=location,
                )
        except IntegrityError:
            # The phone sent twice at once: the other one was faster, and has committed by now.
            if earlier := _earlier(client_id, body):
                return earlier
            raise
        _keep_reporter(report, words)
        _keep_photos(report, pictures, files)
    return report


def _clean_words(*, text: str, name: str, phone: str, email: str) -> _Words:
    """Kept as they were typed, markup included: escaping is the page's business. Raises TooLong, NotText, BadEmail."""
    fields = [(Report, "text", text), (Reporter, "name", name), (Reporter, "phone", phone), (Reporter, "email", email)]
    cleaned = []
    for model, field_name, value in fields:
        field: Any = model._meta.get_field(field_name)
        value = value.strip()
        if "\0" in value:
            raise NotText(field=field.verbose_name)
        if len(value) > field.max_length:
            raise TooLong(field=field.verbose_name, most=field.max_length)
        cleaned.append(value)
    words = _Words(*cleaned)
    if words.email:
        try:
            validate_email(words.email)
        except ValidationError as error:
            raise BadEmail from error
    return words


def _read_all(photos: Iterable[Readable]) -> list[bytes]:
    files = list(photos)
    if len(files) > MOST_PHOTOS:
        raise TooManyPhotos(most=MOST_PHOTOS)
    return [photo_gate.read(file) for file in files]


def _body_hash(category: Category, location: Point, words: _Words, raws: Sequence[bytes]) -> str:
    """Tells a resend from another report. The place counts to a centimetre; the order of the photos does not."""
    body = {
        "category": category.code,
        "place": [f"{location.x:.7f}", f"{location.y:.7f}"],
        "words": [words.text, words.name, words.phone, words.email],
        "photos": sorted(photo_gate.digest(raw) for raw in raws),
    }
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def _earlier(client_id: UUID, body: str) -> Report | None:
    """The report that was stored under this id, if it says the same. Raises SentOtherwise."""
    found = whose(client_id=keys.kept_id(client_id))
    if found is None:
        return None
    with acting_as(authorities=[found.authority], actor=ACTOR):
        report: Report = Report.objects.get(pk=found.report)
    if not secrets.compare_digest(report.body_hash, body):
        raise SentOtherwise
    return report


def _responsible_for(location: Point, at: datetime) -> Authority:
    """The municipality whose jurisdiction covers the point: the smallest, where one is part of another."""
    found: list[Authority] = list(
        Authority.objects.current().filter(kind=Authority.Kind.MUNICIPALITY).covering(location)
    )
    parents = {authority.parent_id for authority in found}
    for authority in found:
        if authority.pk not in parents:
            return authority
    raise NowhereOurs


def _address(location: Point) -> str:
    """The nearest address, in Arabic: officers look for the place by it."""
    return address_near(location=location, metres=NEAR_M, language="ar")


def _keep_reporter(report: Report, words: _Words) -> None:
    if words.name or words.phone or words.email:
        Reporter.objects.create(
            authority_id=report.authority_id, report=report, name=words.name, phone=words.phone, email=words.email
        )


def _keep_photos(report: Report, pictures: Iterable[photo_gate.Photo], files: list[Photo]) -> None:
    """Under random names: a path tells nothing and cannot be guessed."""
    for picture in pictures:
        photo = Photo(authority_id=report.authority_id, report=report, sha256=picture.sha256)
        photo.image.save(f"{uuid4().hex}.jpg", ContentFile(picture.jpeg), save=False)
        files.append(photo)
        photo.save(force_insert=True)


@contextmanager
def _files_go_with_the_transaction() -> Iterator[list[Photo]]:
    """Files of a transaction that fails are taken away again."""
    files: list[Photo] = []
    try:
        yield files
    except BaseException:
        for photo in files:
            photo.image.delete(save=False)
        raise
