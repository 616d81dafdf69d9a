"""Rows on their way into the staging tables: a batch is sent while the next one is judged."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

import pyarrow as pa
from django.db import connections
from psycopg import sql

from .staging import Staging


class Sending:
    """`with Sending(staging) as sending:` a thread with a session of its own; at the end of the block all has come.

    One batch is on its way at most, so that a slow database holds up the reader and not the memory.
    """

    def __init__(self, staging: Staging) -> None:
        self.staging = staging
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="staging")
        self._last: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        try:
            if kind is None:
                self._arrived()
        finally:
            self._thread.submit(connections.close_all)
            self._thread.shutdown()

    def copy(self, table: sql.Identifier, columns: Sequence[str], values: pa.Table) -> None:
        """As `Staging.copy`; an error of it comes with the next call, or at the end."""
        self._arrived()
        self._last = self._thread.submit(self.staging.copy, table, columns, values)

    def _arrived(self) -> None:
        if self._last is not None:
            self._last.result()
