"""What follows the records of a country is made once, when they are all there, and not with every quarter.

The job of the minute would otherwise take half a processor from the loading, for words that are gathered anew at last.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from gis import following, generalising, indexing, versions

from .abreast import abreast
from .progress import Say


@contextmanager
def afterwards(say: Say) -> Iterator[None]:
    """Nobody follows meanwhile; at the end all is gathered anew, two kinds at a time.

    After a failure, or when it is ended, the job of the minute brings in line what is there.
    """
    kinds = {name: follower for follower in (indexing, generalising) for name in follower.names()}
    with following.held([*kinds, *versions.names()]):
        yield
    pieces: list[Callable[[], int]] = [
        partial(follower.follow, say=say, anew=True, only={name}) for name, follower in kinds.items()
    ]
    left = iter(pieces)
    say(f"Bringing search and far zooms in line, {len(pieces)} of them ...")
    abreast([left, left], _done)
    indexing.count_words()
    versions.follow(say=say, anew=True)


def _done(piece: Callable[[], int]) -> None:
    piece()
