"""Where delivered files lie until they have been imported: apart, for the server's own account alone, for some days."""

import errno
import shutil
import time
import unicodedata
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from .delivery_refusals import NoRoom, NotInOrder, TooManyDeliveries
from .limits import LIMITS, MIB
from .models import Delivery, ImportRun
from .refusals import UnreadableFile
from .sizes import Size

DAYS_KEPT = 7
# One piece of an upload; the server takes no larger request.
PIECE = 8 * MIB
# Files of one person that wait to be imported.
MOST_WAITING = 10
# What must stay free on the disk besides the file and what it unpacks to.
RESERVE = 1024 * MIB
# Room is kept for a file of which something came within this time.
KEPT_FOR = timedelta(days=1)
# Says beside a file that is coming how large it will be; a delivered file's name never begins with a dot.
COMING = ".coming"
# Whoever begins waits for who does: of two, the second counts what the first was promised.
ONE_BEGINS = "SELECT pg_advisory_xact_lock(hashtextextended('room for delivered files', 0))"
# What a disk says that holds no more, or no more of this account's.
FULL = (errno.ENOSPC, errno.EDQUOT)
# Letters of a name and of its ending, and bytes of both: a disk takes 255.
LONGEST_NAME, LONGEST_ENDING, MOST_BYTES_OF_NAME = 120, 20, 170
OWN = 0o700


class Readable(Protocol):
    """A file, or a request's body."""

    def read(self, size: int, /) -> bytes: ...


def folder_of(delivery: UUID) -> Path:
    return Path(settings.MEDIA_ROOT) / "imports" / str(delivery)


def path_of(delivery: Delivery) -> Path:
    return folder_of(delivery.id) / delivery.file_name


def plain_name(given: str) -> str:
    """The last part of a name, on one line, without signs that turn or hide what is written."""
    last = unicodedata.normalize("NFC", given).replace("\\", "/").rpartition("/")[2]
    kept = "".join(sign for sign in last if unicodedata.category(sign)[0] not in "CZ" or sign == " ").strip(". ")
    stem, dot, ending = kept.rpartition(".")
    return f"{_last_of(stem)}{dot}{ending[:LONGEST_ENDING]}" if dot else _last_of(ending) or "file"


def _last_of(name: str) -> str:
    """As much of its end as a disk takes beside an ending: it counts bytes, of which an Arabic letter has two."""
    return name[-LONGEST_NAME:].encode()[-MOST_BYTES_OF_NAME:].decode(errors="ignore")


@transaction.atomic
def begin(*, layer: str, authority: UUID, file_name: str, size: int, by: UUID) -> Delivery:
    """Room for a file that is about to come; it is kept for it. Raises UnreadableFile, TooManyDeliveries, NoRoom."""
    if size > LIMITS.file:
        raise UnreadableFile("file_too_large", size=size, most=LIMITS.file)
    with connection.cursor() as cursor:
        cursor.execute(ONE_BEGINS)
    if Delivery.objects.filter(by=by, kept=True).count() >= MOST_WAITING:
        raise TooManyDeliveries(most=MOST_WAITING)
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(mode=OWN, parents=True, exist_ok=True)
    if shutil.disk_usage(root).free < size + promised() + RESERVE:
        raise NoRoom(size=Size(size))
    made: Delivery = Delivery.objects.create(
        authority_id=authority, layer=layer, file_name=plain_name(file_name), size=size, by=by
    )
    folder = folder_of(made.id)
    folder.parent.mkdir(mode=OWN, exist_ok=True)
    folder.mkdir(mode=OWN)
    path_of(made).touch(mode=0o600)
    (folder / COMING).write_text(str(size))
    return made


def promised() -> int:
    """Bytes that are still to come of files that were begun, whoever's they are: the disk is all authorities' own.

    Asked of the disk and not of the database, which shows each authority its own files only.
    """
    left = 0
    for told in (Path(settings.MEDIA_ROOT) / "imports").glob(f"*/{COMING}"):
        with suppress(OSError, ValueError):  # it was completed or removed this moment
            files = [path.stat() for path in told.parent.iterdir() if path.name[0] != "."]
            if any(file.st_mtime > time.time() - KEPT_FOR.total_seconds() for file in files):
                left += max(0, int(told.read_text()) - sum(file.st_size for file in files))
    return left


@transaction.atomic
def add(delivery: Delivery, piece: Readable, *, at: int) -> Delivery:
    """The next piece, which begins at byte `at`. One that was sent twice is taken once. Raises NotInOrder, NoRoom."""
    held: Delivery = Delivery.objects.select_for_update().get(pk=delivery.pk)
    if held.state != Delivery.State.COMING or not 0 <= at <= held.received:
        raise NotInOrder
    data = piece.read(PIECE + 1)
    if len(data) > PIECE or at + len(data) > held.size:
        raise NotInOrder
    try:
        with path_of(held).open("r+b") as file:
            file.seek(at)
            file.write(data)
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise NoRoom(size=Size(held.size)) from error
    held.received = max(held.received, at + len(data))
    held.save(update_fields=["received"])
    return held


def complete(delivery: Delivery) -> None:
    """All of it is here, and is to be looked at. Raises NotInOrder."""
    coming = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.COMING, received=delivery.size)
    if not coming.update(state=Delivery.State.LOOKING):
        raise NotInOrder
    (folder_of(delivery.id) / COMING).unlink(missing_ok=True)


def forget_file(delivery: Delivery) -> None:
    """Delete the file; what was said about it stays."""
    Delivery.objects.filter(pk=delivery.pk).update(kept=False)
    folder = folder_of(delivery.id)
    transaction.on_commit(lambda: shutil.rmtree(folder, ignore_errors=True))


def forget_old(authority: UUID, now: datetime) -> int:
    """Delete the files of an authority that came long ago and that no run is reading. Returns how many."""
    old = Delivery.objects.filter(authority_id=authority, kept=True, at__lt=now - timedelta(days=DAYS_KEPT))
    forgotten = list(old.exclude(runs__state__in=ImportRun.GOING))
    for delivery in forgotten:
        forget_file(delivery)
    return len(forgotten)
