"""The worker's part of the feed's jobs. Who asked is asked for again: rights may have ended while the job waited."""

from uuid import UUID

from django.db import connections
from django.db.models import Q
from django.utils import timezone
from procrastinate.contrib.django import app

from apps.accounts.models import AgencyKey, User
from apps.accounts.permissions import standing_of
from gis.layers import Audience
from gis.processes import jobs, working

from .queues import PROCESSES


@app.task(queue=PROCESSES)
def carry_out_process(job: str, caller: str) -> None:
    """Carry out a job of the feed as its caller."""
    try:
        audience, user = identity_of(caller)
        working.take_up(UUID(job), audience, user)
    finally:
        connections.close_all()


@app.periodic(cron="7 * * * *")
@app.task(queueing_lock="forget_processes", lock="forget_processes")
def forget_processes(timestamp: int) -> None:
    """Delete jobs of the feed, and their answers, whose time is over."""
    jobs.forget_old()


def start(job: UUID, caller: str) -> None:
    """Queue a job of the feed; with the transaction of the caller, or not at all."""
    carry_out_process.defer(job=str(job), caller=caller)


def identity_of(caller: str) -> tuple[Audience, UUID | None]:
    """What the caller of a job may see now, and the person as whom it acts."""
    kind, _colon, name = caller.partition(":")
    if kind == "user":
        person = User.objects.filter(pk=name, is_active=True).first()
        if person and standing_of(person, on=timezone.localdate()).is_officer:
            return Audience.OFFICER, person.pk
    elif kind == "organisation":
        in_force = AgencyKey.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=timezone.now()))
        if in_force.filter(organisation=UUID(name), scoped=False).exists():
            return Audience.AGENCY, None
    return Audience.PUBLIC, None
