"""What is taken away, as SQL whose values are parameters, and the walk through its rows."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from uuid import UUID

import psycopg
from django.db import connections, transaction
from psycopg import sql

from gis import published
from gis.db.acting import acting_as
from gis.features import Query, check_names, choosing, sources
from gis.features.conditions import conditions, where
from gis.features.ordering import check_order, listed
from gis.features.statements import Statement
from gis.layers import Audience, Layer
from gis.values import Values

AT_ONCE = 250  # features that are fetched together
ALL = 2**31 - 1
UNKNOWN = "GEOMETRY"


@dataclass(frozen=True)
class Download:
    """The features that a question asks for: `whole` is all of them from its offset on, else the page.

    `user` is as whom they are read; None in a request, which acts for its caller already.
    """

    layer: Layer
    audience: Audience
    query: Query
    whole: bool = True
    user: UUID | None = None

    @cached_property
    def fields(self) -> dict[str, published.Kind]:
        """What is told of each feature besides id and geometry. Raises UnknownField."""
        visible = published.properties(self.layer, self.audience)
        shown = tuple(visible) if self.query.fields is None else self.query.fields
        check_names(self.layer, visible, shown)
        return {name: visible[name] for name in shown}

    @property
    def geometry_type(self) -> str:
        """As PostGIS names it, "GEOMETRY" where features have several: an officer sees others' coarser than own."""
        found = {self.layer.geometry_type(one) for one in (Audience.PUBLIC, self.audience)}
        return found.pop() if len(found) == 1 else UNKNOWN

    @property
    def all_placed(self) -> bool:
        """Has every feature a geometry, as the tables promise it?"""
        names = {self.layer.geometry_for(one) for one in (Audience.PUBLIC, self.audience)}
        return not any(self.layer.model._meta.get_field(name).null for name in names)

    def in_map_order(self) -> "Download":
        """The same with coordinates as files have them: easting or longitude first in every system."""
        return replace(self, query=replace(self.query, output=replace(self.query.output, flipped=False)))


def statement(asked: Download, shown: Sequence[sql.Composable]) -> Statement:
    """These expressions of the row `t`, for each feature asked for. Raises UnknownField and WrongValue."""
    layer, audience, query = asked.layer, asked.audience, asked.query
    if asked.whole and query.words:  # what says them is found as for a page
        query = replace(query, limit=ALL)
    visible = published.properties(layer, audience)
    check_order(layer, visible, query.order)
    values = Values()
    if asked.whole and not query.words:
        ids: sql.Composable = sql.SQL("")
        chosen = where(conditions(layer, visible, query, values))
        # Nobody waits for a million rows to be sorted who has not asked for it.
        order = sql.SQL("ORDER BY {}").format(listed(query.order)) if query.order or query.offset else sql.SQL("")
        end = sql.SQL("{} OFFSET {}").format(order, values(query.offset))
    else:
        tables, _matched = choosing.ids(layer, audience, visible, query, values)
        ids = sql.SQL("WITH RECURSIVE {} ").format(tables)
        chosen = sql.SQL("WHERE t.id = ANY (ARRAY(SELECT id FROM ids LIMIT {}))").format(values(query.limit))
        end = sql.SQL("ORDER BY {}").format(listed(query.order))
    text = sql.SQL("{}SELECT {} FROM {} AS t {} {}").format(
        ids, sql.SQL(", ").join(shown), sources.view(layer, audience, query), chosen, end
    )
    return Statement(text.as_string(), dict(values))


def walk(asked: Download, shown: Sequence[sql.Composable]) -> Generator[list[tuple[Any, ...]]]:
    """The rows, some at a time, in a transaction that ends with the walk. Raises what `published.reading` raises."""
    alias, text = published.alias(asked.audience), statement(asked, shown)
    with (
        acting_as(user=asked.user, using=alias) if asked.user else transaction.atomic(using=alias),
        published.reading(asked.audience) as cursor,
        connections[alias].wrap_database_errors,
        psycopg.ServerCursor(cursor.connection, "download") as rows,
    ):
        rows.execute(text.text.encode(), text.values)
        while some := rows.fetchmany(AT_ONCE):
            yield some


def column(name: str) -> sql.Composed:
    return sql.SQL("t.{}").format(sql.Identifier(name))
