"""Files that are made in the background: asked for, made by a worker, cancelled, kept for a day, forgotten.

How the work is queued is not known here: whoever queues it listens to `asked`.
"""

import logging
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Sum
from django.dispatch import Signal
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis.exchange.reasons import in_both
from gis.refusals import Refusal

from .beside import DEAD_AFTER, Beside
from .models import HOURS_KEPT, Export

State = Export.State
Make = Callable[[Path, Callable[[int], None]], int]
log = logging.getLogger(__name__)

asked = Signal()  # with `export`, inside the transaction that keeps it
OF_ONE, OF_ALL = 2, 20  # that wait or are made at once
# Of one caller in a day, cancelled ones too; files kept of all, and their bytes.
OF_ONE_A_DAY, KEPT, BYTES_KEPT = 20, 500, 50 * 2**30
MOST_OF_ONE = 5 * 2**30  # bytes of one file, and of what its writer keeps beside it meanwhile
RESERVE = 2**30  # bytes that must stay free on the disk; looked at while a file is made, too
ONE_ASKS = "SELECT pg_advisory_xact_lock(hashtextextended('exports are asked for', 0))"
OWN = 0o700


class TooManyExports(Refusal):
    code: ClassVar[str] = "TooManyExports"
    status: ClassVar[int] = 429
    headers: ClassVar[dict[str, str]] = {"Retry-After": "60"}
    sentence: ClassVar[str | Promise] = _(
        "%(most)s files are being made for you already. Wait until one is done, or cancel one (DELETE at its address)."
    )


class EnoughExports(Refusal):
    code: ClassVar[str] = "EnoughExports"
    status: ClassVar[int] = 429
    headers: ClassVar[dict[str, str]] = {"Retry-After": "3600"}
    sentence: ClassVar[str | Promise] = _(
        "%(most)s files were made for you in a day. Use those that are kept, or ask for f=csv or f=jsonfg."
    )


class NoRoomForExports(Refusal):
    code: ClassVar[str] = "NoRoomForExports"
    status: ClassVar[int] = 503
    sentence: ClassVar[str | Promise] = _("Many files are being made at this moment. Try again in some minutes.")


class ExportTooLarge(Refusal):
    code: ClassVar[str] = "ExportTooLarge"
    status: ClassVar[int] = 413
    sentence: ClassVar[str | Promise] = _(
        "The file grew above %(most)s GB and was not finished. Ask for a part by bbox or filter, or for f=csv or"
        " f=jsonfg, which have no end."
    )


class ExportStopped(Refusal):
    code: ClassVar[str] = "ExportStopped"
    sentence: ClassVar[str | Promise] = _("The file was not finished: the server stopped meanwhile. Ask for it again.")


def folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "exports"


def path_of(export: Export) -> Path:
    return folder() / f"{export.pk}.{export.format}"


@transaction.atomic
def ask_for(**question: Any) -> Export:
    """An export of this question (the fields of `Export`); the one that is going already where it is asked again.

    Raises TooManyExports, EnoughExports and NoRoomForExports.
    """
    with connection.cursor() as cursor:
        cursor.execute(ONE_ASKS)
    bury_dead()
    going = Export.objects.filter(state__in=Export.GOING)
    alike = {name: question[name] for name in ("asker", "audience", "rights", "layer", "format", "given")}
    if same := going.filter(**alike, to_cancel=False).first():
        return same
    if going.filter(asker=question["asker"]).count() >= OF_ONE:
        raise TooManyExports(most=OF_ONE)
    since = timezone.now() - timedelta(hours=HOURS_KEPT)
    if Export.objects.filter(asker=question["asker"], asked_at__gt=since).count() >= OF_ONE_A_DAY:
        raise EnoughExports(most=OF_ONE_A_DAY)
    if going.count() >= OF_ALL or not _has_room():
        raise NoRoomForExports
    made: Export = Export.objects.create(**question)
    asked.send(Export, export=made)
    return made


def _has_room() -> bool:
    """For one more file, among those that are kept and on the disk."""
    folder().mkdir(mode=OWN, parents=True, exist_ok=True)
    kept = Export.objects.filter(state=State.DONE).aggregate(number=Count("pk"), size=Sum("size"))
    few = kept["number"] < KEPT and (kept["size"] or 0) < BYTES_KEPT
    return few and shutil.disk_usage(folder()).free >= RESERVE


def _files_of(part: Path) -> list[Path]:
    """The file that is being made, and the journals and drafts that its writer keeps beside it."""
    return list(part.parent.glob(f"{part.name}*"))


def _too_much(part: Path) -> Refusal | None:
    """Why the file must not grow any more."""
    if sum(file.stat().st_size for file in _files_of(part)) > MOST_OF_ONE:
        return ExportTooLarge(most=MOST_OF_ONE // 2**30)
    return NoRoomForExports() if shutil.disk_usage(part.parent).free < RESERVE else None


def take_up(key: UUID, refused: Callable[[Export], Refusal | None], make: Callable[[Export], Make]) -> None:
    """What a worker does, once, outside of a transaction. A refusal is kept with the export.

    `refused`: why it must not be made any more. `make` gives what writes the file and returns the number of features.
    """
    now = timezone.now()
    if not Export.objects.filter(pk=key, state=State.WAITING).update(state=State.RUNNING, begun_at=now, seen_at=now):
        return
    export = Export.objects.get(pk=key)
    part = path_of(export).with_name(f".{path_of(export).name}")
    try:
        if refusal := refused(export):
            raise refusal
        with Beside(key, partial(_too_much, part)) as beside:
            number = make(export)(part, beside.told)
        if refusal := _too_much(part):
            raise refusal
        size = part.stat().st_size
        part.rename(path_of(export))
        _end(key, State.DONE, number=number, size=size)
    except Refusal as refusal:
        _end(key, State.FAILED, refusal=refusal)
    except Exception:
        _end(key, State.FAILED, refusal=ExportStopped())
        raise
    finally:
        for file in _files_of(part):
            file.unlink(missing_ok=True)


def _end(key: UUID, state: str, *, refusal: Refusal | None = None, **about: int) -> None:
    if refusal is not None:
        about["message_ar"], about["message_en"] = in_both(refusal, {})  # type: ignore[assignment]
    found = Export.objects.filter(pk=key, state=State.RUNNING)
    if found.filter(to_cancel=True).update(state=State.CANCELLED, ended_at=timezone.now()):
        path_of(Export.objects.get(pk=key)).unlink(missing_ok=True)
    else:
        found.update(state=state, ended_at=timezone.now(), **about)


def cancel(export: Export) -> None:
    """One that waits ends at once, a running one within a second or two; of one that is done the file is deleted."""
    found = Export.objects.filter(pk=export.pk)
    if found.filter(state=State.RUNNING).update(to_cancel=True):
        return
    found.filter(state=State.WAITING).update(state=State.CANCELLED, ended_at=timezone.now())
    found.filter(state=State.DONE).update(state=State.CANCELLED)
    path_of(export).unlink(missing_ok=True)


def bury_dead() -> None:
    """Exports whose process is no more have stopped."""
    arabic, english = in_both(ExportStopped(), {})
    dead = Export.objects.filter(state=State.RUNNING, seen_at__lt=timezone.now() - timedelta(seconds=DEAD_AFTER))
    dead.update(state=State.FAILED, ended_at=timezone.now(), message_ar=arabic, message_en=english)


def forget_ended(refused: Callable[[Export], Refusal | None]) -> int:
    """Cancel what waits, and delete what is done, for somebody who may not have it any more; returns how many."""
    ended = [one for one in Export.objects.filter(state__in=(State.WAITING, State.DONE)) if refused(one)]
    for export in ended:
        cancel(export)
    return len(ended)


def forget_old(now: datetime) -> int:
    """Delete what ended or was asked for a day ago, and files that no export knows; returns how many exports."""
    bury_dead()
    before = now - timedelta(hours=HOURS_KEPT)
    gone = list(Export.objects.filter(ended_at__lte=before))
    gone += Export.objects.filter(state=State.WAITING, asked_at__lte=before)
    for export in gone:
        path_of(export).unlink(missing_ok=True)
        export.delete()
    files = list(folder().glob("*"))  # before the exports are read: none has a file before it is there itself
    known = {str(key) for key in Export.objects.values_list("pk", flat=True)}
    for path in files:
        if path.name.lstrip(".").partition(".")[0] not in known:
            path.unlink(missing_ok=True)
    return len(gone)
