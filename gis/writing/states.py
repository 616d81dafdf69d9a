"""In which state a record is for those who would change it (`gis.db.states`)."""

from dataclasses import dataclass
from uuid import UUID

from psycopg import sql

from gis import published
from gis.db import states
from gis.layers import Audience, Layer


@dataclass(frozen=True)
class State:
    """`version` differs for each image that a record has had; `second` (Unix time) rises with it."""

    version: str
    second: int


# A record whose history nobody keeps, or that came past it: any change of it that the history sees is another state.
UNKNOWN = State("0", 0)


def column(layer: Layer, audience: Audience, record: sql.Composable) -> sql.Composed:
    """SQL: the state of the record whose id the expression is, as text for `parse`. To be asked with the record."""
    return sql.SQL("{}({})").format(states.reader(layer, audience), record)


def parse(told: str | None) -> State:
    """What the expression of `column` gave."""
    if not told:
        return UNKNOWN
    version, _space, second = told.partition(" ")
    return State(version, int(second))


def of(layer: Layer, audience: Audience, record: UUID) -> State:
    """The state by itself. Ask before reading what it is about, or while holding the record."""
    with published.reading(audience) as cursor:
        published.execute(cursor, sql.SQL("SELECT {}").format(column(layer, audience, sql.Literal(record))))
        (told,) = cursor.fetchone()
    return parse(told)
