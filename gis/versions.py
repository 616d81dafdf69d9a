"""Which state of its records a layer shows: a mark by which a copy is known to be still right, without looking.

Counted by a follower of the change log that does nothing but count: neither the highest number in the log nor the
latest moment would do, for a transaction may commit after one that began later.
"""

from collections.abc import Callable
from uuid import UUID

from psycopg import sql

from gis import following, published
from gis.db import versions
from gis.db.tracking import tracked_models
from gis.layers import Audience, Layer


def of(layer: Layer, audience: Audience) -> str | None:
    """Differs whenever the layer may show the reader something else; an officer is known by the `acting_as` around.

    None where changes are not counted: not yet, because nobody keeps those of a table behind the layer, or for a key
    with scopes, which is not to know what changes elsewhere.
    Raises what `published.reading` raises.
    """
    if audience.scope is not None:
        return None
    with published.reading(audience) as cursor:
        published.execute(cursor, statement(layer, audience))
        (told,) = cursor.fetchone()
    return None if told is None else str(told)


def statement(layer: Layer, audience: Audience) -> sql.Composed:
    """SQL that asks it."""
    return sql.SQL("SELECT {}()").format(versions.reader(layer, audience))


def follow(*, using: str = "default", say: Callable[[str], object] = lambda line: None, anew: bool = False) -> int:
    """Count up to now, so that each question has few to count; returns how many records had changed.

    `anew` begins to count anew: quicker after very many changes, and every copy is read once more.
    """
    if anew:
        following.forget(versions.FOLLOWER, using=using)
    kept = {model._meta.db_table for model in tracked_models()}
    tables = [table for table in versions.sources(using) if table in kept]
    return following.follow(versions.FOLLOWER, tables, _nothing, lambda: None, using=using)


def names() -> list[str]:
    """The one under which it follows."""
    return [versions.FOLLOWER]


def _nothing(table: str, ids: list[UUID]) -> None:
    """To have been counted is all."""
