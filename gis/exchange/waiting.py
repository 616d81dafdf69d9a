"""Reading from a process that may be silent for long, without being deaf meanwhile."""

import os
import select
from collections.abc import Callable
from typing import IO

from gis.exchange.limits import LIMITS

OFTEN_S = 0.5


class Patient:
    """A pipe as a file to read. Every half second in which nothing comes it calls `waiting`, which may raise."""

    closed = False

    def __init__(self, pipe: IO[bytes] | None, waiting: Callable[[], None]) -> None:
        assert pipe is not None  # noqa: S101  (asked for when the process was started)
        self.descriptor, self.waiting = pipe.fileno(), waiting
        self.poll = select.poll()
        self.poll.register(self.descriptor, select.POLLIN)

    def read(self, size: int) -> memoryview:
        """So many bytes; fewer at the end. Raises OSError where it would be more than the process may hold itself."""
        if size > LIMITS.memory:
            raise OSError(f"{size} bytes at once")
        taken = memoryview(bytearray(size))
        have = 0
        while have < size:
            while not self.poll.poll(1000 * OFTEN_S):
                self.waiting()
            piece = os.readv(self.descriptor, [taken[have:]])
            if not piece:
                break
            have += piece
        return taken[:have]

    def close(self) -> None:
        self.closed = True
