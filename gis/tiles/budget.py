"""How much a tile may carry, and in which units."""

from psycopg import sql

UNITS = 4096
BUFFER = 64  # units beyond each edge, so that outlines and symbols of neighbouring tiles meet
MARGIN = BUFFER / UNITS
MOST_BYTES = 500_000  # not compressed
MOST_FEATURES = 7_000  # a feature that says next to nothing takes 66 bytes, most of them its id
# A tile has at most 2^7 cells across: four of the 512 pixels that clients draw it with.
CELL_LEVELS = 7

# A crowd of points that tell no time is thinned by squares, 2^6 across: eight of those pixels, and all of them fit.
THINNING_LEVELS = 6

# An area that is narrower on the screen (512 pixels a tile) has no room for its name, until the level beyond which
# clients draw tiles larger instead of asking for finer ones.
NAMED_PIXELS, NAMED_ALL = 20, 16

SPARE = 0.95  # of the bytes that may be filled by a guess
# So many rows are encoded without a guess; of more, each so-many-th is encoded to learn what one takes.
FEW, EACH = 1_000, 25
# What a row takes beside the others, by its points; the sample tells the scale.
WEIGHT = sql.SQL("(60 + 3 * coalesce(ST_NPoints(geom), 0))")
