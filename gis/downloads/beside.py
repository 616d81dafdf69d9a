"""Beside an export that is being made: says how far it is and that it lives, and learns when somebody cancels it.

A thread with a session of its own, because the export's is inside one transaction that nobody else can see into.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import ClassVar, Self
from uuid import UUID

from django.db import Error, connections
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis.refusals import Refusal

from .models import Export

OFTEN_S = 0.5
DEAD_AFTER = 60  # seconds without a sign


class ExportCancelled(Refusal):
    code: ClassVar[str] = "ExportCancelled"
    sentence: ClassVar[str | Promise] = _("The export was cancelled. Ask for it again if the file is needed.")


class Beside:
    """`with Beside(key, look) as beside:` around the work, which calls `beside.told` with the number so far.

    `look` tells why the work must not go on.
    """

    def __init__(self, key: UUID, look: Callable[[], Refusal | None]) -> None:
        self.key = key
        self.number = 0
        self.cancelled = False
        self.refusal: Refusal | None = None
        self._look = look
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name=f"export {key}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._thread.join()

    def told(self, number: int) -> None:
        """Raises ExportCancelled when somebody has asked for that, and what `look` has found."""
        self.number = number
        if self.cancelled:
            raise ExportCancelled
        if self.refusal:
            raise self.refusal

    def _watch(self) -> None:
        found = Export.objects.filter(pk=self.key, state=Export.State.RUNNING)
        try:
            while not self._over.wait(OFTEN_S):
                with suppress(OSError):  # a file beside the file, gone between two looks
                    self.refusal = self.refusal or self._look()
                with suppress(Error):  # a database that does not answer now may do so the next time
                    found.update(number=self.number, seen_at=timezone.now())
                    self.cancelled = found.filter(to_cancel=True).exists()
        finally:
            connections.close_all()
