"""Beside a running import: says how far it is, holds the lock that shows it lives, and ends it when somebody asks.

A thread with a session of its own, because the import's session is inside one long transaction that nobody else can
see into. Its lock goes when the process goes, however that ends, so a run that says "running" can be asked.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any, Self
from uuid import UUID

from django.db import Error, connections

from gis.db.acting import acting_as

from .models import ImportRun
from .order import JOB
from .refusals import Cancelled

ALIAS = "default"
OFTEN_S = 0.5
ALIVE = "hashtextextended('import run ' || %s, 0)"
IN_HAND = "hashtextextended('import job ' || %s, 0)"


class Watch:
    """`with Watch(run, authority) as watch:` around the work; `watch.tell` is its progress."""

    def __init__(self, run: UUID, authority: UUID) -> None:
        self.run = run
        self.authority = authority
        self.cancelled = False
        self._told: tuple[str, float, int] = ("", 0.0, 0)
        self._working = False
        self._ready, self._over = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._watch, name=f"import {run}", daemon=True)
        self._fault: Exception | None = None

    def __enter__(self) -> Self:
        self._connection: Any = connections[ALIAS]
        self._thread.start()
        self._ready.wait()
        if self._fault:
            raise self._fault
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()

    def tell(self, stage: str, share: float, rows: int) -> None:
        """How far the work is. Raises Cancelled when somebody has asked for that."""
        self._told = (stage, share, rows)
        self._working = True
        if self.cancelled:
            raise Cancelled

    def leave(self) -> None:
        """From here on nothing is interrupted: what is left is to write down how it ended."""
        self._working = False

    def _watch(self) -> None:
        try:
            with connections[ALIAS].cursor() as cursor:
                cursor.execute(f"SELECT pg_advisory_lock({ALIVE})", [str(self.run)])
                self._ready.set()
                while not self._over.wait(OFTEN_S):
                    with suppress(Error):  # the row is locked for a moment when the run ends
                        self._say()
                cursor.execute(f"SELECT pg_advisory_unlock({ALIVE})", [str(self.run)])
        except Exception as error:
            self._fault = error
        finally:
            self._ready.set()
            connections.close_all()

    def _say(self) -> None:
        stage, share, rows = self._told
        with acting_as(authorities=[self.authority], actor=JOB, using=ALIAS):
            found = ImportRun.objects.using(ALIAS).filter(id=self.run, state=ImportRun.State.RUNNING)
            found.exclude(stage=stage, share=share, rows=rows).update(stage=stage, share=share, rows=rows)
            asked = found.filter(to_cancel=True).exists()
        if asked:
            self.cancelled = True
            self._interrupt()

    def _interrupt(self) -> None:
        """End the statement that runs now; the next call of `tell` ends the rest."""
        session = self._connection.connection
        if self._working and session is not None:
            session.cancel_safe()


def lives(run: UUID) -> bool:
    """Does a process hold the run? Asked inside a transaction."""
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory_xact_lock_shared({ALIVE})", [str(run)])
        return not cursor.fetchone()[0]


@contextmanager
def in_hand(run: UUID) -> Iterator[bool]:
    """Is the job of this run ours? From before its first step to after its last, one session has it in hand.

    Another lock than the one that shows it lives, which is held by the thread beside the work and only while it runs.
    """
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory_lock({IN_HAND})", [str(run)])
        ours = bool(cursor.fetchone()[0])
    try:
        yield ours
    finally:
        if ours:
            with connections[ALIAS].cursor() as cursor:
                cursor.execute(f"SELECT pg_advisory_unlock({IN_HAND})", [str(run)])
