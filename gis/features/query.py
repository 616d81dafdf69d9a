"""What can be asked of a layer's features, and what is answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg import sql

from gis.areas import Area
from gis.layers import Audience

MOST_ON_A_PAGE = 10_000
# Bytes of stored geometry on a page, and of text: what exceeds it comes with the next page. One feature always comes.
MOST_BYTES, MOST_TEXT = 8_000_000, 16_000_000
PART = 250  # features are written at once before the text is measured
# Up to here matches are counted; above, the number is left out: an exact count of millions costs more than the page.
COUNTED = 20_000
DEGREE_DIGITS, METRE_DIGITS = 9, 4
FIRST = UUID(int=0)


@dataclass(frozen=True)
class Output:
    """The coordinate system of an answer. `flipped` writes the northern axis first."""

    code: str = "EPSG:4326"
    pinned: bool = False
    flipped: bool = False
    digits: int = DEGREE_DIGITS

    def of(self, column: sql.Composable) -> sql.Composed:
        """SQL: the column, stored in EPSG:4326, in this system."""
        if self.pinned:
            found = sql.SQL("gis_from_storage({}, {})").format(column, sql.Literal(self.code))
        elif self.code == "EPSG:4326":
            found = sql.Composed([column])
        else:
            found = sql.SQL("ST_Transform({}, {})").format(column, sql.Literal(int(self.code.split(":")[1])))
        return sql.SQL("ST_FlipCoordinates({})").format(found) if self.flipped else found


@dataclass(frozen=True)
class Cursor:
    """Where a page ended: the id of its last feature, and the values that it was sorted by, as JSON has them.

    `dense`: very many match what was asked.
    """

    id: UUID
    values: tuple[Any, ...] = ()
    dense: bool = False


@dataclass(frozen=True)
class Query:
    """What is asked. `equals` holds texts as a caller wrote them; `during` bounds a field of days or times.

    `filter` is a tree of CQL2 (`gis.cql2.read`), its coordinates in `filter_system`.

    `days`: what holds on one of them, first and last included, instead of today. `past`: what was recorded at
    that moment.

    `words` are what features must say (`gis.features.wording.read`).

    `order` names fields, True for descending; features that are equal in them, or all without it, go by id. A page
    continues `after` the end of the one before.
    """

    areas: tuple[Area, ...] = ()
    filter: Any = None
    filter_system: Output = Output()
    equals: Mapping[str, str] = field(default_factory=dict)
    words: tuple[tuple[str, ...], ...] = ()
    during: tuple[str, datetime | None, datetime | None] | None = None
    order: tuple[tuple[str, bool], ...] = ()
    days: tuple[date | None, date | None] | None = None
    past: datetime | None = None
    limit: int = 100
    offset: int = 0
    after: Cursor | None = None
    fields: tuple[str, ...] | None = None
    geometry: bool = True
    output: Output = Output()

    @property
    def narrows(self) -> bool:
        """Does it ask for some of the features, not for all?"""
        return bool(self.areas or self.equals or self.words or self.during or self.filter is not None or self.elsewhere)

    @property
    def elsewhere(self) -> bool:
        """Does it ask for anything but the layer of today?"""
        return self.past is not None or self.days is not None


def narrows(audience: Audience, query: Query) -> bool:
    """Are some of the features asked for, by the question or by what the reader's key opens?"""
    return query.narrows or audience.scope is not None


@dataclass(frozen=True)
class Page:
    """`text` is GeoJSON features with commas between them; `last` is where it ended.

    `matched` counts all features that were asked for, whatever page; None where that would cost more than the page.
    """

    text: str
    returned: int
    last: Cursor | None
    more: bool
    matched: int | None = None
