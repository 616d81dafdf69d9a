"""Odd numbers on the left, even on the right, in the direction in which the street's line was drawn."""

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from django.contrib.gis.geos import MultiLineString, Point

Pair = tuple[float, float]


def stands_left(street: MultiLineString, entrance: Point) -> bool | None:
    """On which side of the nearest piece of the street the entrance lies; None on the line itself.

    Longitude and latitude (EPSG:4326) are compared on a plane whose axes have the same scale at the entrance, so the
    nearest piece is the true one; only a sign leaves this function, no length.
    """
    squeeze = math.cos(math.radians(entrance.y))
    place = (entrance.x * squeeze, entrance.y)
    pieces = ((_squared_distance(place, *piece), piece) for piece in _pieces(street, squeeze))
    _distance, (start, end) = min(pieces, key=lambda found: found[0])
    turn = (end[0] - start[0]) * (place[1] - start[1]) - (end[1] - start[1]) * (place[0] - start[0])
    return None if turn == 0 else turn > 0


def fits_side(number: int, *, left: bool | None) -> bool:
    """Has the number the parity of its side?"""
    return left is None or (number % 2 == 1) == left


def _pieces(street: MultiLineString, squeeze: float) -> Iterator[tuple[Pair, Pair]]:
    lines: Any = street.coords
    for line in lines:
        yield from pairwise((x * squeeze, y) for x, y in line)


def _squared_distance(place: Pair, start: Pair, end: Pair) -> float:
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = dx * dx + dy * dy
    share = ((place[0] - start[0]) * dx + (place[1] - start[1]) * dy) / length if length else 0.0
    share = min(1.0, max(0.0, share))
    return (place[0] - start[0] - share * dx) ** 2 + (place[1] - start[1] - share * dy) ** 2
