"""A tile of several layers: the tile of each, one after the other, as the format allows."""

import hashlib
from collections.abc import Iterable, Sequence

from . import budget
from .asking import Asked
from .cutting import Tile, cut, state


def join(asked: Sequence[Asked]) -> Tile:
    """One tile of all, in this order, within the bytes that a tile of one may have.

    Where they do not fit, each may have an equal part; what a layer leaves of its part is shared by the heavier ones,
    and those are cut again to what falls to them. Of a layer whose first feature alone does not fit none is left.
    Raises what `cut` raises.
    """
    parts = [cut(one) for one in asked]
    left, many = budget.MOST_BYTES, len(parts)
    for place in sorted(range(len(parts)), key=lambda place: len(parts[place].content)):
        part = left // many
        if len(parts[place].content) > part:
            parts[place] = cut(asked[place], most_bytes=part)
        if len(parts[place].content) > left:
            parts[place] = Tile(b"", parts[place].dropped + 1)
        left, many = left - len(parts[place].content), many - 1
    return Tile(b"".join(part.content for part in parts), sum(part.dropped for part in parts))


def states(asked: Iterable[Asked]) -> str | None:
    """As `state`, of all: None where that of one is not known."""
    return marks([state(one) for one in asked])


def marks(found: Sequence[str | None]) -> str | None:
    """That of a tile of several, from the state of each."""
    return None if None in found else hashlib.blake2b(repr(found).encode(), digest_size=16).hexdigest()
