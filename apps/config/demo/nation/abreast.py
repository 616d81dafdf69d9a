"""Two pieces of work at a time, each in a thread with a database connection of its own."""

from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from django.db import connections


def abreast[Piece](shares: Collection[Iterable[Piece]], work: Callable[[Piece], None]) -> None:
    """Do the pieces of each share one after the other, and the shares at the same time.

    The first failure, or the end of the program, ends all shares after the pieces that they are at, and is raised.
    """
    ended = Event()

    def one(share: Iterable[Piece]) -> None:
        try:
            for piece in share:
                if ended.is_set():
                    return
                work(piece)
        except BaseException:
            ended.set()
            raise
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max(1, len(shares))) as threads:
        try:
            for future in [threads.submit(one, share) for share in shares]:
                future.result()
        finally:
            ended.set()
