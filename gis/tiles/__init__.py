"""Vector tiles of the published layers (Mapbox Vector Tile 2.1), cut by the database, in two tile matrix sets.

Tile bounds are literals, not parameters, and SRIDs integers: both let the planner and PostGIS keep what they know.

Where a zoom entry merges to a grid, a tile holds square cells (the power of two parts of the world that are at least
`grid_m` wide at the equator) with the number of features in each as `count`, and no ids.

What an entry merges or simplifies is cut from what is kept generalised of the records (`gis.generalising`); where that
is not up to them, from the records themselves: the tile says the same, later.

Names of areas have a layer of their own, "<layer>.label": a point inside each area, in the one tile that holds it. A
client that names the clipped areas themselves writes a name in every tile that an area reaches.

Cells of a layer of points are points, in the middle of each. An entry may carry (and count) the layer's pressing
records alone.

What a tile leaves out: above MOST_FEATURES the features with the smallest boxes (of equals, the younger; of cells,
those with the fewest), and above MOST_BYTES as many more as do not fit. Points have no size: the pressing stay first,
then the newest where the layer says when; where it does not, one of each small square of the tile, then a second one.
How many fit is reckoned from a sample before anything is encoded, so a crowded tile is cut once; only one that comes
out too heavy all the same is cut again. `Tile.dropped` says how many are left out.
"""

from .asking import Asked, During
from .cutting import NoSuchTile, Tile, check, cut, fits, mark, state, tile, version, whole, zoom_at
from .joined import join, marks, states
from .matrices import MATRIX_SETS, WEB_MERCATOR, WORLD_CRS84, MatrixSet, Square

__all__ = [
    "MATRIX_SETS", "WEB_MERCATOR", "WORLD_CRS84", "Asked", "During", "MatrixSet", "NoSuchTile", "Square", "Tile",
    "check", "cut", "fits", "join", "mark", "marks", "state", "states", "tile", "version", "whole", "zoom_at",
]  # fmt: skip
