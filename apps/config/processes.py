"""The worker's part of the feed's jobs. Who asked is asked for again: rights may have ended while the job waited."""

from uuid import UUID

from django.db import connections
from procrastinate.contrib.django import app

from apps.accounts.holding import held_by
from gis.processes import jobs, working

from .queues import PROCESSES


@app.task(queue=PROCESSES)
def carry_out_process(job: str, caller: str) -> None:
    """Carry out a job of the feed as its caller."""
    try:
        working.take_up(UUID(job), held_by(caller))
    finally:
        connections.close_all()


@app.periodic(cron="7 * * * *")
@app.task(queueing_lock="forget_processes", lock="forget_processes")
def forget_processes(timestamp: int) -> None:
    """Delete jobs whose time is over, and answers whose caller has lost what they were made by."""
    jobs.forget_old()
    jobs.forget_ended(held_by)


def start(job: UUID, caller: str) -> None:
    """Queue a job of the feed; with the transaction of the caller, or not at all."""
    carry_out_process.defer(job=str(job), caller=caller)
