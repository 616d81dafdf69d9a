"""Keeps the words that search looks into (`gis.db.documents`) in line with the records, by the change log.

A record that has changed is found by what it says now as soon as that is committed, through the newest few hundred
changes that each search reads directly (`history_late`). The rest, and words that a record takes from others (a
street's name on its addresses), follow when this has run: a job of every minute, and of whoever brings many records.
"""

from collections.abc import Callable, Container, Iterator
from time import monotonic
from typing import Any
from uuid import UUID

from django.db import connections, transaction
from psycopg import sql

from gis import following
from gis.db import documents
from gis.db.documents import Document


def follow(
    *,
    using: str = "default",
    say: Callable[[str], object] = lambda line: None,
    anew: bool = False,
    only: Container[str] | None = None,
) -> int:
    """Bring every kind of document up to now; returns how many changed records were taken.

    `anew` gathers all words again: quicker where most records are new, as after a first import. `only` says which of
    `names()`; whoever takes them one by one counts the words at last.
    """
    taken = 0
    begun: list[str] = []
    for document in documents.kinds():
        name = documents.follower(document.name)
        if only is not None and name not in only:
            continue
        began = monotonic()
        if anew:
            following.forget(name, using=using)
        count = following.follow(name, document.tables, *_work(document, using, say, begun), using=using)
        if count:
            say(f"Words of {document.name}: {count:,} changes ({monotonic() - began:.0f} s)")
        taken += count
    if begun and only is None:
        count_words(using=using)
    return taken


def names() -> list[str]:
    """Those under which the kinds of documents follow."""
    return [documents.follower(document.name) for document in documents.kinds()]


def count_words(*, using: str = "default") -> None:
    """Count anew which words are known and which are common: all of it changes slowly, so a night may lie between."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SELECT search_count_all()")


def _work(
    document: Document, using: str, say: Callable[[str], object], begun: list[str]
) -> Iterator[Callable[..., None]]:
    def take(table: str, ids: list[UUID]) -> None:
        _run(document, "_again", [table, ids], using)

    def begin() -> None:
        began = monotonic()
        _run(document, "_whole", [], using)
        begun.append(document.name)
        say(f"Words of {document.name}: all ({monotonic() - began:.0f} s)")

    yield take
    yield begin


def _run(document: Document, ending: str, arguments: list[Any], using: str) -> None:
    name = sql.Identifier("search", f"{document.name}{ending}")
    with connections[using].cursor() as cursor:
        statement = sql.SQL("SELECT {}({})").format(name, sql.SQL(", ").join([sql.Placeholder()] * len(arguments)))
        cursor.execute(statement.as_string(cursor.cursor), arguments)
