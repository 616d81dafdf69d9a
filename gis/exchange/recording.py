"""A run's record from its beginning to whatever end, and the lock that lets one run at a time into a layer."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import OperationalError, connections
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis.db.acting import acting_as
from gis.refusals import Refusal

from .choices import Choices
from .models import ImportRun
from .order import Order, Progress
from .reasons import in_both
from .refusals import AlreadyRunning, Cancelled
from .source import checksum
from .staging import WEB
from .target import Target
from .watch import Watch

STOPPED = _("The import was stopped in the middle. Nothing was written. Start it again.")
# A cancellation may still be on its way when what it was for has ended.
TRIES = 3
log = logging.getLogger(__name__)


@contextmanager
def alone(target: Target) -> Iterator[None]:
    """One import at a time into a layer of an authority; the lock goes with the session, however that ends."""
    name = f"import {target.layer.id} {target.holder.id}"
    with connections[WEB].cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [name])
        if not cursor.fetchone()[0]:
            raise AlreadyRunning(layer=target.layer.id, authority=target.holder.code)
    try:
        yield
    finally:
        with connections[WEB].cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])


@contextmanager
def recorded(order: Order, target: Target, progress: Progress) -> Iterator[tuple[UUID, Progress]]:
    """Keep the run; gives its key and its progress, which raises Cancelled when somebody asks for that."""
    run = order.run or _new_key()
    with Watch(run, target.holder.id) as watch:
        _begin(run, order, target)

        def tell(stage: str, share: float, rows: int) -> None:
            watch.tell(stage, share, rows)
            progress(stage, share, rows)

        try:
            yield run, tell
        except BaseException as error:
            watch.leave()
            told = Cancelled() if watch.cancelled else error
            end_as(run, target.holder.id, order, told)
            if told is error:
                raise
            raise told from error
        finally:
            watch.leave()


def end_as(run: UUID, holder: UUID, order: Order, error: BaseException) -> None:
    """Write down that the run ended by this error. A fault of ours is told in the log; people read a sentence."""
    state, sentence = ImportRun.State.STOPPED, STOPPED
    if isinstance(error, Refusal):
        state, sentence = ImportRun.State.REFUSED, error  # type: ignore[assignment]
        state = ImportRun.State.CANCELLED if isinstance(error, Cancelled) else state
    else:
        log.error("Import %s stopped", run, exc_info=error)
    arabic, english = in_both(sentence, {})
    for left in reversed(range(TRIES)):
        try:
            with acting_as(authorities=[holder], actor=order.actor, reason=order.path.name, using=WEB):
                end(run, state, message_ar=arabic, message_en=english)
            return
        except OperationalError:
            if not left:
                raise


def end(run: UUID, state: ImportRun.State, **values: Any) -> None:
    """The last word about a run that was going."""
    going = ImportRun.objects.using(WEB).filter(id=run, state__in=ImportRun.GOING)
    going.update(state=state, ended_at=timezone.now(), **values)


def _begin(run: UUID, order: Order, target: Target) -> None:
    """A run that was asked for before is taken up, unless it has been cancelled meanwhile."""
    holder = target.holder.id
    with acting_as(authorities=[holder], actor=order.actor, reason=order.path.name, using=WEB):
        if order.run is not None:
            waiting = ImportRun.objects.using(WEB).filter(id=run, state=ImportRun.State.WAITING)
            if not waiting.update(state=ImportRun.State.RUNNING, started_at=timezone.now()):
                raise Cancelled
            return
        ImportRun.objects.using(WEB).create(
            id=run,
            authority_id=holder,
            layer=target.layer.id,
            file_name=order.path.name[:255],
            sha256=checksum(order.path) if order.path.is_file() else "",
            snapshot=order.snapshot,
            choices=Choices.of(order).to_json(),
        )


def _new_key() -> UUID:
    with connections[WEB].cursor() as cursor:
        cursor.execute("SELECT gis_uuid7()")
        return UUID(str(cursor.fetchone()[0]))
