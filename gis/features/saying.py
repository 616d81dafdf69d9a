"""Which features are on a page where words are asked for: those that say them, by id, then judged by the rest."""

import json
from uuid import UUID

from psycopg import sql

from gis.db import sayings
from gis.layers import Audience, Layer
from gis.values import Values

from . import sources, walking
from .conditions import Visible, conditions
from .ordering import follows, listed
from .query import COUNTED, FIRST, Query

ALL = 2**31 - 1
TOLD = sql.SQL("(SELECT nullif(least(count(*), {0}), {0}) FROM saying)")


def ids(
    layer: Layer, audience: Audience, visible: Visible, query: Query, values: Values
) -> tuple[sql.Composable, sql.Composable]:
    """SQL: the common table `ids`, and how many match in all. Whoever sorts must find all that match first."""
    counted = query.after is None
    after, wanted = FIRST, ALL
    if not query.order:
        after = query.after.id if query.after else FIRST
        wanted = max(COUNTED, query.limit + query.offset) + 1 if counted else query.limit + query.offset + 1
    most, offset = values(query.limit + 1), values(query.offset)
    page: sql.Composable = sql.SQL("SELECT id FROM saying ORDER BY id")
    if query.order:
        page = _sorted(layer, audience, visible, query, values)
    tables = sql.SQL("{}, ids AS MATERIALIZED ({} LIMIT {} OFFSET {})").format(
        _tables(layer, audience, visible, query, values, after=after, wanted=wanted), page, most, offset
    )
    return tables, TOLD.format(sql.Literal(COUNTED + 1)) if counted else sql.SQL("NULL::bigint")


def matching(layer: Layer, audience: Audience, visible: Visible, query: Query, values: Values) -> sql.Composed:
    """SQL: ids that match, one more at most than are counted."""
    tables = _tables(layer, audience, visible, query, values, after=FIRST, wanted=COUNTED + 1)
    return sql.SQL("WITH RECURSIVE {} SELECT id FROM saying LIMIT {}").format(tables, sql.Literal(COUNTED + 1))


def _tables(
    layer: Layer, audience: Audience, visible: Visible, query: Query, values: Values, *, after: UUID, wanted: int
) -> sql.Composed:
    """SQL: the common table `saying`: `wanted` ids after this one that match, in no order, or all."""
    asked = values(json.dumps(query.words, ensure_ascii=False))
    found = [*conditions(layer, visible, query, values)]
    walked = walking.walk(
        after=values(after),
        view=sources.view(layer, audience, query),
        conditions=sql.SQL("").join(sql.SQL("AND {} ").format(one) for one in found),
        ids=sayings.listed(layer, audience, asked, sql.SQL("w.last"), sql.SQL("w.size")),
        wanted=values(wanted),
        first=min(wanted, walking.GREATEST),
        dense=sql.SQL("true"),
    )
    return sql.SQL("{}, saying AS MATERIALIZED (SELECT unnest(found) AS id FROM walk)").format(walked)


def _sorted(layer: Layer, audience: Audience, visible: Visible, query: Query, values: Values) -> sql.Composed:
    found: list[sql.Composable] = [sql.SQL("t.id = ANY (ARRAY(SELECT id FROM saying))")]
    if query.after is not None:
        found.append(follows(query.after, query.order, visible, values))
    return sql.SQL("SELECT t.id FROM {} AS t WHERE {} ORDER BY {}").format(
        sources.view(layer, audience, query), sql.SQL(" AND ").join(found), listed(query.order)
    )
