"""The worker's part of exports. Who asked is looked at again: rights may have ended while the job waited."""

from contextlib import nullcontext
from typing import Any
from uuid import UUID

from django.db import connections
from django.db.models import Q
from django.utils import timezone
from procrastinate.contrib.django import app

from apps.accounts.callers import identify
from apps.accounts.models import AgencyKey, User
from apps.core.refusals import NotAllowed
from gis.db.acting import acting_as
from gis.downloads import exports
from gis.downloads.models import Export
from gis.layers import Audience
from gis.refusals import Refusal
from ogc.exports import maker

from .queues import EXPORTS


@app.task(queue=EXPORTS)
def make_export(export: str) -> None:
    """Write the file that somebody asked for."""
    try:
        exports.take_up(UUID(export), refused, maker)
    finally:
        connections.close_all()


@app.periodic(cron="27 * * * *")
@app.task(queueing_lock="forget_exports", lock="forget_exports")
def forget_exports(timestamp: int) -> None:
    """Delete the files of yesterday."""
    exports.forget_old(timezone.now())


def start(sender: Any, export: Export, **about: Any) -> None:
    """Queue an export that waits; with the transaction of the caller, or not at all."""
    make_export.defer(export=str(export.pk))


def refused(export: Export) -> Refusal | None:
    """Why whoever asked may not have it any more."""
    return None if audience_of(export) >= export.reader else NotAllowed()


def audience_of(export: Export) -> Audience:
    """What whoever asked may be shown now."""
    now, (kind, _colon, key) = timezone.now(), export.asker.partition(":")
    with acting_as(user=export.user) if export.user else nullcontext():
        if kind == "user":
            person = User.objects.filter(pk=key, is_active=True).first()
            return identify(user=person, shown=None, at=now).audience if person else Audience.PUBLIC
        if kind == "agency":
            keys = AgencyKey.objects.filter(
                Q(ends_at__isnull=True) | Q(ends_at__gt=now), organisation_id=UUID(key), scoped=False
            )
            return Audience.AGENCY if keys.exists() else Audience.PUBLIC
    return Audience.PUBLIC
