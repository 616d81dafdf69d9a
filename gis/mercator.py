"""The squares of WebMercatorQuad in EPSG:3857 and in degrees: tile (z, x, y), and the cells that tiles are made of."""

import math

# Half the width of the world in the units of EPSG:3857, and the latitude at which its square ends.
RADIUS = 6_378_137.0
HALF = math.pi * RADIUS
EDGE = 85.0511

Address = tuple[int, int, int]  # level, column, row
Box = tuple[float, float, float, float]  # west, south, east, north


def mercator_box(z: int, x: int, y: int, margin: float = 0) -> Box:
    """The tile in EPSG:3857, with a margin of this part of its side."""
    side = 2 * HALF / 2**z
    west, north, more = x * side - HALF, HALF - y * side, side * margin
    return (west - more, north - side - more, west + side + more, north + more)


def degree_box(z: int, x: int, y: int, margin: float = 0) -> Box:
    """The tile in EPSG:4326, with a margin of this part of its side."""
    west, south, east, north = mercator_box(z, x, y, margin)
    return (
        max(math.degrees(west / RADIUS), -180.0),
        latitude(south),
        min(math.degrees(east / RADIUS), 180.0),
        latitude(north),
    )


def latitude(northing: float) -> float:
    """Degrees of a northing of EPSG:3857."""
    return math.degrees(2 * math.atan(math.exp(northing / RADIUS)) - math.pi / 2)


def level_of(metres: float) -> int:
    """The deepest level whose squares are at least so wide at the equator."""
    return int(math.log2(2 * HALF / metres))
