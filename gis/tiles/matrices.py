"""The tile matrix sets in which tiles are cut (OGC 17-083r4, annex D), and their squares.

Both are written down by three numbers: where the first square begins, how wide it is and how many stand side by side.
A square of WorldCRS84Quad is as wide as one of the next level of WebMercatorQuad: what a layer declares for a zoom, the
level before it carries.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

from gis import mercator
from gis.crs import STORAGE_SRID
from gis.mercator import EDGE, HALF, Box

METRES_A_DEGREE = math.pi * mercator.RADIUS / 180
PIXEL_M = 0.00028  # of the standard's screen


@dataclass(frozen=True)
class MatrixSet:
    """`side` is the width of a square of level 0 in the units of the system (metres, or degrees), `west` and `north`
    where the first begins; level 0 has one row of `columns`. `ahead`: so many levels deeper is WebMercatorQuad as fine.
    """

    id: str
    srid: int
    west: float
    north: float
    side: float
    columns: int
    ahead: int
    deepest: int
    metres_a_unit: float

    def size(self, level: int) -> tuple[int, int]:
        """How many columns and rows the level has."""
        return self.columns * 2**level, 2**level

    def holds(self, level: int, column: int, row: int) -> bool:
        """Is there such a square?"""
        if not 0 <= level <= self.deepest:
            return False
        columns, rows = self.size(level)
        return 0 <= column < columns and 0 <= row < rows

    def reaching(self, level: int, box: Box, margin: float) -> "Limits":
        """The squares of the level that a box in degrees reaches, with a margin of this part of their side."""
        west, south, east, north = box
        if self.srid != STORAGE_SRID:
            west, east = (math.radians(one) * mercator.RADIUS for one in (west, east))
            south, north = northing(south), northing(north)
        side, (columns, rows) = self.side / float(2**level), self.size(level)
        return Limits(
            _between(0, math.floor((self.north - north) / side - margin), rows - 1),
            _between(0, math.floor((self.north - south) / side + margin), rows - 1),
            _between(0, math.floor((west - self.west) / side - margin), columns - 1),
            _between(0, math.floor((east - self.west) / side + margin), columns - 1),
        )

    def cell_size(self, level: int) -> float:
        """Units of the system that one of the 256 pixels of a square is wide."""
        return self.side / float(2**level) / 256

    def scale(self, level: int) -> float:
        """The denominator of its scale on the standard's screen."""
        return self.cell_size(level) * self.metres_a_unit / PIXEL_M


class Limits(NamedTuple):
    """First and last row and column, both included."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int

    def hold(self, column: int, row: int) -> bool:
        return self.first_row <= row <= self.last_row and self.first_column <= column <= self.last_column


WEB_MERCATOR = MatrixSet("WebMercatorQuad", 3857, -HALF, HALF, 2 * HALF, 1, 0, 22, 1)
WORLD_CRS84 = MatrixSet("WorldCRS84Quad", STORAGE_SRID, -180, 90, 180, 2, 1, 21, METRES_A_DEGREE)
MATRIX_SETS = {one.id: one for one in (WEB_MERCATOR, WORLD_CRS84)}


class Block(NamedTuple):
    """Cells of a level of WebMercatorQuad: the first column and row, and how many of them."""

    level: int
    left: int
    top: int
    columns: int
    rows: int


@dataclass(frozen=True)
class Square:
    """One tile's place: level, column, row."""

    matrices: MatrixSet
    z: int
    x: int
    y: int

    @property
    def zoom(self) -> int:
        """The level of WebMercatorQuad that is as fine."""
        return self.z + self.matrices.ahead

    def box(self) -> Box:
        """In the units of its own system."""
        return self._with_margin(0)

    def degrees(self, margin: float = 0) -> Box:
        """In EPSG:4326, with a margin of this part of its side."""
        if self.matrices is WEB_MERCATOR:
            return mercator.degree_box(self.z, self.x, self.y, margin)
        west, south, east, north = self._with_margin(margin)
        return max(west, -180.0), max(south, -90.0), min(east, 180.0), min(north, 90.0)

    def metres(self, margin: float = 0) -> Box:
        """In EPSG:3857, with a margin of this part of its side, as far as that square of the world reaches."""
        if self.matrices is WEB_MERCATOR:
            return self._with_margin(margin)
        west, south, east, north = self.degrees(margin)
        wide = mercator.RADIUS * math.pi / 180
        return west * wide, northing(south), east * wide, northing(north)

    def cells(self, levels: int, finest: int) -> Block:
        """The cells whose middle it holds: 2^levels of them across, but none finer than this level of them.

        Between rows of another projection a cell belongs to the square of its middle: none is counted twice.
        """
        level = min(self.zoom + levels, finest)
        across, side = 2 ** (level - self.zoom), 2 * HALF / 2**level
        _west, south, _east, north = self.metres()
        top, end = (math.ceil((HALF - edge) / side - 0.5) for edge in (north, south))
        return Block(level, self.x * across, top, across, end - top)

    def _with_margin(self, margin: float) -> Box:
        side = self.matrices.side / 2**self.z
        west, north, more = self.matrices.west + self.x * side, self.matrices.north - self.y * side, side * margin
        return west - more, north - side - more, west + side + more, north + more


def northing(latitude: float) -> float:
    """The northing in EPSG:3857; beyond the square of that map, its edge."""
    if abs(latitude) > EDGE:
        return math.copysign(HALF, latitude)
    return mercator.RADIUS * math.asinh(math.tan(math.radians(latitude)))


def _between(least: int, number: int, most: int) -> int:
    return max(least, min(number, most))
