"""What stays as it was while nobody writes: how many features a layer has, when it last changed, in which state it is.

To ask for these takes as long as to read a page. A snapshot tells which transactions a statement sees; two statements
of the same snapshot see the same, to the row. So who knows them of one snapshot asks only for the page and the snapshot
it was read in: if that is still the one, so are they. While somebody writes it is another each time; then all is asked
at once, as if nothing were kept here.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from psycopg import sql

from gis.layers import Layer

SNAPSHOT = sql.SQL("pg_current_snapshot()::text")
# They hang on the day too, and a change that is told by the day is told exactly when it is a day old.
KEPT_S = 60

Row = tuple[Any, ...]
Ask = Callable[[bool], Awaitable[Row | None]]


@dataclass(frozen=True)
class Known:
    """Of one layer as everybody sees it: what its function told, and its number, None where it is not known."""

    snapshot: str
    said: str | None
    total: int | None
    ends: float
    steady: bool


class Steady:
    """What one process knows of each layer, by one function of them.

    `lasts`: may what the function told at this Unix second be kept with the snapshot?
    """

    def __init__(self, lasts: Callable[[str | None, int], bool] = lambda _said, _now: True) -> None:
        self._lasts = lasts
        self._known: dict[str, Known] = {}

    async def answer(self, layer: Layer, now: int, ask: Ask, *, totals: bool = False) -> Row | None:
        """What `ask` finds, and what the function tells of the layer as its last column.

        `ask(True)` asks by `short`, `ask(False)` by `whole`, for one row or none. `totals`: its last column is how many
        features the layer has.
        """
        known = self.of(layer, now)
        if known is not None and (known.total is not None or not totals):
            row = await ask(True)
            if row is None:
                return None
            if row[-1] == known.snapshot:
                return (*row[:-2], known.total, known.said) if totals else (*row[:-1], known.said)
        row = await ask(False)
        if row is None:
            return None
        *found, said, snapshot = row
        if self._lasts(said, now):
            self.learn(layer, snapshot, said, found[-1] if totals else None, now)
        return (*found, said)

    def of(self, layer: Layer, now: float) -> Known | None:
        """What two answers in a row have said, if it is worth asking whether it still is so."""
        known = self._known.get(layer.id)
        return known if known is not None and known.steady and now < known.ends else None

    def learn(self, layer: Layer, snapshot: str, said: str | None, total: int | None, now: float) -> None:
        """An answer that told all. Its total is None where it was not asked for it."""
        before = self._known.get(layer.id)
        same = before is not None and before.snapshot == snapshot
        if total is None and before is not None and same:
            total = before.total
        self._known[layer.id] = Known(snapshot, said, total, min(now + KEPT_S, _midnight(now)), same)


def whole(query: sql.Composable, reader: sql.Identifier) -> sql.Composed:
    """The query with two more columns: what the function tells, which is STABLE, and the snapshot that all is of."""
    return sql.SQL("SELECT a.*, {}(), {} FROM ({}) AS a").format(reader, SNAPSHOT, query)


def short(query: sql.Composable) -> sql.Composed:
    """The query with one more column, the snapshot."""
    return sql.SQL("SELECT a.*, {} FROM ({}) AS a").format(SNAPSHOT, query)


def _midnight(now: float) -> float:
    """The end of the day in the platform's zone, as Unix seconds."""
    today = datetime.fromtimestamp(now, tz=timezone.get_current_timezone())
    return (today.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)).timestamp()
