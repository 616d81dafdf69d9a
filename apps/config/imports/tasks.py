"""The worker's part of imports. Who asked is asked for again: rights may have ended while the job waited."""

from contextlib import suppress
from uuid import UUID

from django.db import connections, transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from apps.accounts.models import User
from apps.accounts.permissions import may_edit_layer, standing_of
from apps.core.refusals import NotAllowed
from apps.territory.models import Authority
from gis.db.acting import acting_as
from gis.exchange import deliveries, runs
from gis.exchange.look import give_up
from gis.exchange.looking import look
from gis.exchange.models import Delivery, ImportRun
from gis.exchange.order import JOB
from gis.exchange.reasons import in_both

from ..queues import IMPORTS, LOOKS
from .access import target_of


@app.task(queue=LOOKS)
def look_at_file(delivery: str, authority: str) -> None:
    """Read the first rows of a delivered file. Whatever happens, its page is told."""
    try:
        with acting_as(authorities=[UUID(authority)], actor=JOB):
            found = Delivery.objects.filter(pk=delivery, state=Delivery.State.LOOKING).first()
        if found is not None:
            look(found, target_of(found.layer, found.authority_id))
    except Exception:
        with acting_as(authorities=[UUID(authority)], actor=JOB):
            give_up(UUID(delivery))
        raise
    finally:
        connections.close_all()


@app.task(queue=IMPORTS)
def carry_out(run: str, authority: str) -> None:
    """Import a delivered file, or judge features of the quarantine anew."""
    try:
        if _still_allowed(UUID(run), UUID(authority)):
            runs.take_up(UUID(run), UUID(authority))
    finally:
        connections.close_all()


@app.periodic(cron="17 3 * * *")
@app.task(queueing_lock="forget_deliveries", lock="forget_deliveries")
def forget_deliveries(timestamp: int) -> None:
    """Delete delivered files that nobody imported."""
    for authority in Authority.objects.values_list("pk", flat=True):
        with acting_as(authorities=[authority], actor=JOB):
            deliveries.forget_old(authority, timezone.now())


def start(run: ImportRun) -> None:
    """Queue a run that waits; with the transaction of the caller, or not at all."""
    carry_out.defer(run=str(run.pk), authority=str(run.authority_id))


def start_to_look(delivery: Delivery) -> None:
    """Once, however often somebody asks while nobody has begun."""
    job = look_at_file.configure(queueing_lock=f"look {delivery.pk}")
    with suppress(AlreadyEnqueued), transaction.atomic():
        job.defer(delivery=str(delivery.pk), authority=str(delivery.authority_id))


def _still_allowed(run: UUID, authority: UUID) -> bool:
    with acting_as(authorities=[authority], actor=JOB):
        found = ImportRun.objects.get(pk=run)
        person = User.objects.filter(pk=found.by).first() if found.by else None
        if person and may_edit_layer(standing_of(person, on=timezone.localdate()), authority):
            return True
        arabic, english = in_both(NotAllowed(), {})
        ImportRun.objects.filter(pk=run, state=ImportRun.State.WAITING).update(
            state=ImportRun.State.REFUSED, ended_at=timezone.now(), message_ar=arabic, message_en=english
        )
    return False
