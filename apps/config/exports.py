"""The worker's part of exports. Who asked is looked at again: rights may have ended while the job waited."""

from typing import Any
from uuid import UUID

from django.db import connections
from django.utils import timezone
from procrastinate.contrib.django import app

from gis.downloads import exports
from gis.downloads.models import Export
from ogc.exports import maker, refused

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
    """Delete the files of yesterday, and those of whoever has lost what they were made by."""
    exports.forget_old(timezone.now())
    exports.forget_ended(refused)


def start(sender: Any, export: Export, **about: Any) -> None:
    """Queue an export that waits; with the transaction of the caller, or not at all."""
    make_export.defer(export=str(export.pk))
