"""Features of a layer as one audience may see them, written as GeoJSON by the database.

The database assembles the text and Python only carries it: no object is made of a feature on its way out. A question
may name only the fields that the audience sees; for any other the answer is that of a field that does not exist.

`query` says what can be asked, `statements` writes it as SQL, `reading` asks it, `cursors` tells where a page ended.
"""

from .names import WANTED, UnknownField, WrongValue, check_names, equals, nearest, read_value
from .ordering import NoOrder, check_order
from .query import DEGREE_DIGITS, METRE_DIGITS, MOST_ON_A_PAGE, Output, Page, Query

__all__ = [
    "DEGREE_DIGITS",
    "METRE_DIGITS",
    "MOST_ON_A_PAGE",
    "WANTED",
    "NoOrder",
    "Output",
    "Page",
    "Query",
    "UnknownField",
    "WrongValue",
    "check_names",
    "check_order",
    "equals",
    "nearest",
    "read_value",
]
