"""How much of a file a library has read that does not say so, by the places of the descriptors it holds open."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

OFTEN_S = 0.5
MOST_OPEN = 64  # as `confine.limit_files` allows


class GoneThrough:
    """`share` is 0 to 1 and never less than it was: what is read a second time is read already."""

    def __init__(self, path: Path) -> None:
        self.file = path.stat()
        self._furthest = 0

    @property
    def share(self) -> float:
        for descriptor in range(MOST_OPEN):
            self._furthest = max(self._furthest, self._place(descriptor))
        return min(self._furthest / max(self.file.st_size, 1), 1.0)

    def _place(self, descriptor: int) -> int:
        try:
            if os.path.samestat(os.fstat(descriptor), self.file):
                return os.lseek(descriptor, 0, os.SEEK_CUR)
        except OSError:  # none is open there
            pass
        return 0


@contextmanager
def often(say: Callable[[], None]) -> Iterator[None]:
    """Say it again and again beside what goes on, which may be inside a library for minutes."""
    over = Event()

    def saying() -> None:
        while not over.wait(OFTEN_S):
            say()

    beside = Thread(target=saying, daemon=True)
    beside.start()
    try:
        yield
    finally:
        over.set()
        beside.join()
