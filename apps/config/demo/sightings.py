"""Reports with photos, sent, reviewed and answered through the services, as people would."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO
from itertools import islice
from uuid import UUID

from django.db import transaction

from apps.accounts.models import User
from apps.reports.models import Category, Photo, Report
from apps.reports.permissions import may_answer, may_publish
from apps.reports.services import change_status, publish_photo, submit_report
from apps.territory.models import Authority
from gis.db.acting import acting_as

from .dice import dice
from .load.authorities import ACTOR, REASON
from .load.rows import shape_of, stored
from .pictures import THINGS, blurred, drawn
from .reports import Answers, Complaint
from .site import Site
from .town import Town

EACH = 3  # reports of each pictured category
DAYS = 30
REVIEWED_SHARE = 0.6  # the rest waits for an officer
SECOND_SHARE = 0.3  # reports with two photos


def sent(site: Site) -> bool:
    """Have people of the town sent photos? All of them come in one transaction."""
    owners = list(Authority.objects.filter(code=site.code).values_list("pk", flat=True))
    with acting_as(authorities=owners, actor=ACTOR, reason=REASON):
        return bool(Photo.objects.filter(authority__in=owners).exists())


@transaction.atomic
def send(town: Town, seed: int, now: datetime) -> list[Report]:
    """Some people of the town send photos of what is wrong; most of them have been looked at since.

    All of them or none, so that a demonstration that was ended knows what it has not sent.
    """
    rng = dice(seed, town.site.code, "sightings")
    categories = {category.code: category for category in Category.objects.filter(code__in=THINGS)}
    answers, reports = Answers(), []
    for seen in _seen(town):
        shots = [drawn(seen.category, rng) for _shot in range(2 if rng.random() < SECOND_SHARE else 1)]
        report = submit_report(
            category=categories[seen.category],
            location=shape_of(stored(town.frame, seen.place)),
            text=seen.text,
            photos=map(BytesIO, shots),
            client_id=UUID(bytes=rng.bytes(16), version=4),
            language=seen.language,
            at=now - timedelta(days=float(rng.uniform(0.2, DAYS))),
        )
        reports.append(report)
        if rng.random() < REVIEWED_SHARE:
            _review(report, answers.one(Report.Status.ACCEPTED, seen.language, rng), now)
    return reports


def _seen(town: Town) -> Iterator[Complaint]:
    """Where somebody has reported the same before: the texts name the street."""
    for category in THINGS:
        yield from islice((one for one in town.complaints if one.category == category), EACH)


def _review(report: Report, answer: str, now: datetime) -> None:
    """By the first officer of the authority who may; without accounts nobody does."""
    for officer in User.objects.filter(demo=True, is_superuser=False).order_by("username"):
        if not may_answer(officer, report, at=now):
            continue
        with acting_as(user=officer.pk):
            photos = list(Photo.objects.filter(report=report))
        for photo in photos:
            if may_publish(officer, photo, at=now):
                with photo.image.open() as original:
                    copy = blurred(original.read())
                publish_photo(photo=photo, blurred=BytesIO(copy), by=officer, at=now)
        change_status(report=report, status=Report.Status.ACCEPTED, answer=answer, by=officer, at=now)
        return
