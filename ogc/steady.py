"""What stays as it was while nobody writes: how many features a layer has, and when it last changed.

To ask for both takes as long as to read a page. A snapshot tells which transactions a statement sees; two statements of
the same snapshot see the same, to the row. So who knows both numbers of one snapshot asks only for the page and the
snapshot it was read in: if that is still the one, so are the numbers. While somebody writes it is another
each time; then all is asked at once, as if nothing were kept here.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import LiteralString

from django.utils import timezone
from psycopg import sql

from gis.db import changed
from gis.layers import Audience, Layer

SNAPSHOT: LiteralString = "pg_current_snapshot()::text"
# Both numbers hang on the day too, and a change that is told by the day is told exactly when it is a day old.
KEPT_S = 60


@dataclass(frozen=True)
class Known:
    """Of one layer as everybody sees it: `said` is for `freshness.read`, `total` is None where it is not known."""

    snapshot: str
    said: str | None
    total: int | None
    ends: float
    steady: bool


class Steady:
    """What one process knows, of each layer."""

    def __init__(self) -> None:
        self._known: dict[str, Known] = {}

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


def whole(text: LiteralString, layer: Layer) -> str:
    """The statement with two more columns: when the layer last changed, and the snapshot. All are of that snapshot."""
    statement = sql.SQL("SELECT a.*, {}(), {} FROM ({}) AS a")
    reader = changed.reader(layer, Audience.PUBLIC)
    return statement.format(reader, sql.SQL(SNAPSHOT), sql.SQL(text)).as_string()


def short(text: LiteralString) -> str:
    """The statement with one more column, the snapshot."""
    return sql.SQL("SELECT a.*, {} FROM ({}) AS a").format(sql.SQL(SNAPSHOT), sql.SQL(text)).as_string()


def _midnight(now: float) -> float:
    """The end of the day in the platform's zone, as Unix seconds."""
    today = datetime.fromtimestamp(now, tz=timezone.get_current_timezone())
    return (today.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)).timestamp()
