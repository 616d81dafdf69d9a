"""Keeps what tiles of far zooms are cut from (`gis.db.generalised`) in line with the records, by the change log.

A tile cut from it says what the records say now: up to a thousand records that changed since are read directly. Where
more have changed, or it does not hold this day yet, `ready` says no and the tile is cut from the records themselves.
"""

from collections.abc import Callable, Container, Iterator
from time import monotonic
from typing import Any
from uuid import UUID

from django.db import connections, transaction
from psycopg import sql

from gis import following, published
from gis.db import generalised
from gis.db.generalised import Kind
from gis.layers import Audience


def follow(
    *,
    using: str = "default",
    say: Callable[[str], object] = lambda line: None,
    anew: bool = False,
    only: Container[str] | None = None,
) -> int:
    """Bring every kind up to now, and to this day; returns how many changed records were taken.

    `anew` makes everything again: quicker where most records are new, as after a first import. `only` says which of
    `names()`.
    """
    taken = 0
    for kind in generalised.kinds().values():
        if only is not None and kind.follower not in only:
            continue
        began = monotonic()
        if anew:
            following.forget(kind.follower, using=using)
        count = following.follow(kind.follower, generalised.sources(kind, using), *_work(kind, using, say), using=using)
        _begin_the_day(kind, using)
        if count:
            say(f"Far zooms of {kind.name}: {count:,} changes ({monotonic() - began:.0f} s)")
        taken += count
    return taken


def names() -> list[str]:
    """Those under which the kinds follow."""
    return [kind.follower for kind in generalised.kinds().values()]


def ready(kind: Kind, audience: Audience) -> bool:
    """Does a tile cut from this kind say what the records say now?"""
    with published.reading(audience) as cursor:
        cursor.execute("SELECT tiles_ready(%s)", [kind.name])
        (told,) = cursor.fetchone()
    return bool(told)


def lagging(*, using: str = "default") -> list[str]:
    """Names of the kinds that tiles are not cut from, but for those that only wait for the first pass of the day."""
    names = [kind.name for kind in generalised.kinds().values()]
    begun = set(following.Follower.objects.using(using).values_list("name", flat=True))
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT name, tiles_ready(name), tiles_of_today(name) FROM unnest(%s::text[]) AS name ORDER BY name",
            [names],
        )
        found = cursor.fetchall()
    return [name for name, is_ready, of_today in found if not is_ready and (of_today or f"tiles:{name}" not in begun)]


def _work(kind: Kind, using: str, say: Callable[[str], object]) -> Iterator[Callable[..., None]]:
    def take(table: str, ids: list[UUID]) -> None:
        if table == kind.layer.table:
            _call(kind, "again", using, ids)
        else:
            _call(kind, "compare", using)

    def begin() -> None:
        began = monotonic()
        _call(kind, "whole", using)
        say(f"Far zooms of {kind.name}: all ({monotonic() - began:.0f} s)")

    yield take
    yield begin


def _begin_the_day(kind: Kind, using: str) -> None:
    """Records begin and end with days, and nobody writes that down: once a day all are compared."""
    with transaction.atomic(using=using):
        if following.alone(kind.follower, using):
            with connections[using].cursor() as cursor:
                cursor.execute("SELECT tiles_of_today(%s)", [kind.name])
                (of_today,) = cursor.fetchone()
            if of_today is False:
                _call(kind, "compare", using)


def _call(kind: Kind, ending: str, using: str, *arguments: Any) -> None:
    name = sql.Identifier("tiles", f"{kind.name}_{ending}")
    with connections[using].cursor() as cursor:
        statement = sql.SQL("SELECT {}({})").format(name, sql.SQL(", ").join([sql.Placeholder()] * len(arguments)))
        cursor.execute(statement.as_string(cursor.cursor), list(arguments))
