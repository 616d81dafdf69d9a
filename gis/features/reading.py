"""Asking the questions of `statements` in the session of the request."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import sql

from gis import history, published
from gis.db import dated
from gis.layers import Audience, Layer

from . import query as asking
from . import statements
from .query import Cursor, Output, Page, Query


def page(layer: Layer, audience: Audience, query: Query) -> Page:
    """Some features. Raises UnknownField, WrongValue, and what `published.reading` raises."""
    visible = published.properties(layer, audience)
    with _looking(audience, query):
        (row,) = published.ask(audience, statements.page(layer, audience, visible, query))
        if statements.too_much(row):
            (row,) = published.ask(audience, statements.page(layer, audience, visible, query, cut=True))
    return told(row)


@contextmanager
def _looking(audience: Audience, query: Query) -> Iterator[None]:
    """Within it the views of the past show the moment that is asked for, and what held on its day or the one named."""
    if query.past is None:
        yield
        return
    day = query.days[0] if query.days else None
    with history.looking_at(query.past, valid_on=day, using=published.alias(audience)):
        yield


def told(row: tuple[Any, ...]) -> Page:
    """The page in the row that a statement gives (`statements.COLUMNS`)."""
    text, returned, more, last, keys, matched = row
    return Page(text or "", returned, last and Cursor(last, tuple(json.loads(keys)) if keys else ()), more, matched)


def one(
    layer: Layer, audience: Audience, feature_id: UUID, output: Output, *, past: datetime | None = None
) -> str | None:
    """One feature as GeoJSON, today's or as it was recorded; None where it does not exist for this audience."""
    visible = published.properties(layer, audience)
    text = statements.one(layer, audience, visible, output, past=past is not None)
    with _looking(audience, Query(past=past)):
        rows = published.ask(audience, (text, {"id": feature_id}))
    return str(rows[0][0]) if rows else None


def count(layer: Layer, audience: Audience, query: Query) -> int | None:
    """How many features match, whatever page is asked for; None where only counting very many would tell."""
    if audience is not Audience.OFFICER and not asking.narrows(audience, query):
        ((known,),) = published.ask(audience, (statements.total(layer.view), {}))
        if known is not None:
            return int(known)
    visible = published.properties(layer, audience)
    with _looking(audience, query):
        ((found,),) = published.ask(audience, statements.count(layer, audience, visible, query))
    return counted(found)


def counted(found: int) -> int | None:
    """The answer of `statements.count` as a number; None for more than are counted."""
    return found if found <= asking.COUNTED else None


def extent(layer: Layer, audience: Audience) -> tuple[float, float, float, float] | None:
    """The box in degrees around all that the audience sees of the layer; None where it sees nothing placed."""
    statement = sql.SQL(
        "SELECT ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e) FROM (SELECT ST_Extent(geom) AS e FROM {}) AS x"
    ).format(published.view(layer, audience))
    with published.reading(audience) as cursor:
        published.execute(cursor, statement)
        west, south, east, north = cursor.fetchone()
    return None if west is None else (west, south, east, north)


def span(layer: Layer, audience: Audience) -> tuple[str, str | None] | None:
    """First and last day or time that the layer tells of, in ISO 8601, None for no end; None where it tells of none."""
    if layer.when in published.properties(layer, audience):
        column, view = sql.Identifier(layer.when), published.view(layer, audience)
        statement = sql.SQL("SELECT min({0}), max({0}) FROM {1}").format(column, view)
    elif dated.is_dated(layer) and dated.readable(layer, audience):
        # The day on which it ends is not one of its days.
        statement = sql.SQL(
            "SELECT min({0}), CASE WHEN bool_and({1} IS NOT NULL) THEN max({1}) - 1 END FROM {2}"
        ).format(
            sql.Identifier(dated.BEGINS), sql.Identifier(dated.ENDS), sql.Identifier(audience.schema, dated.name(layer))
        )
    else:
        return None
    with published.reading(audience) as cursor:
        published.execute(cursor, statement)
        first, last = cursor.fetchone()
    return None if first is None else (first.isoformat(), None if last is None else last.isoformat())
