"""When a layer last changed for its reader: what HTTP calls Last-Modified, and whether a copy of then will do."""

import time
from collections.abc import Iterable
from typing import NamedTuple

from psycopg import sql

from gis import published
from gis.db import changed
from gis.layers import Audience, Layer


class Freshness(NamedTuple):
    """Unix seconds. `told` is for Last-Modified; who has what is no older than `settled` has all, None: nobody knows.

    While a second lasts, or somebody is at writing, one second less is told: whoever gives that is answered anew.
    """

    told: int
    settled: int | None = None


def of(layer: Layer, audience: Audience) -> Freshness | None:
    """To be asked before what it is about is read. None where no history is kept. Raises what `reading` raises."""
    now = int(time.time())
    statement = sql.SQL("SELECT {}()").format(changed.reader(layer, audience)).as_string()
    ((said,),) = published.ask(audience, (statement, {}))
    return read(said, now)


def of_all(layers: Iterable[Layer], audience: Audience) -> Freshness | None:
    """Of what is made of several, in one question."""
    asked = [sql.SQL("{}()").format(changed.reader(layer, audience)) for layer in layers]
    if not asked:
        return None
    now = int(time.time())
    (said,) = published.ask(audience, (sql.SQL("SELECT {}").format(sql.SQL(", ").join(asked)).as_string(), {}))
    return together(read(one, now) for one in said)


def read(said: str | None, now: int) -> Freshness | None:
    """What the database answered, who was asked at the Unix second `now`: later in that second more may have come."""
    if said is None:
        return None
    second, state = int(said.partition(" ")[0]), said.partition(" ")[2]
    if state == "day":
        return Freshness(min(second, now))
    if state == "settled" and second < now:
        return Freshness(second, second)
    return Freshness(min(second, now) - 1)


def lasts(said: str | None, now: int) -> bool:
    """Is this so as long as nothing else is seen, if it was told at the Unix second `now`?

    While the second of the newest change lasts, somebody may begin to write in it whom no snapshot tells of.
    """
    return said is None or not said.endswith(" settled") or int(said.partition(" ")[0]) < now


def together(many: Iterable[Freshness | None]) -> Freshness | None:
    """Of what is made of several: the newest second, by which nobody is told that they have all."""
    known = [one.told for one in many if one is not None]
    return Freshness(max(known)) if known else None
