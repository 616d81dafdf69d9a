"""Which features are on a page: their ids and one more, in order, and how many match in all."""

from psycopg import sql

from gis.layers import Audience, Layer
from gis.values import Values

from . import saying, sources, walking
from .conditions import Visible, conditions, where
from .ordering import follows, listed
from .query import COUNTED, FIRST, Query, narrows


def ids(
    layer: Layer, audience: Audience, visible: Visible, query: Query, values: Values, *, numbered: bool = True
) -> tuple[sql.Composable, sql.Composable]:
    """SQL: the common table `ids`, and how many match in all; not `numbered`: no number of the whole layer is told."""
    if query.words:
        return saying.ids(layer, audience, visible, query, values)
    known = numbered and audience is not Audience.OFFICER and totals(audience, query)
    unknown: sql.Composable = sql.SQL("({})").format(total(layer.view)) if known else sql.SQL("NULL::bigint")
    if not narrows(audience, query) and not query.order:
        after = values(query.after.id if query.after else FIRST)
        listing = _in_order(layer, audience, after, query.limit + 1, query.offset, values)
        return sql.SQL("ids AS MATERIALIZED ({})").format(listing), unknown
    if query.order or query.elsewhere or not narrows(audience, query):
        return _sorted(layer, audience, visible, query, values, unknown)
    if query.after is not None and not query.after.dense:
        return sql.SQL("ids AS MATERIALIZED ({})").format(_sorted_ids(layer, audience, visible, query, values)), unknown
    return _matching_ids(layer, audience, visible, query, values)


def totals(audience: Audience, query: Query) -> bool:
    """Is it a first page of all that there is, whose number is that of the layer?"""
    return query.after is None and not narrows(audience, query)


def _sorted(
    layer: Layer, audience: Audience, visible: Visible, query: Query, values: Values, unknown: sql.Composable
) -> tuple[sql.Composable, sql.Composable]:
    chosen = _sorted_ids(layer, audience, visible, query, values)
    if query.after is not None or not narrows(audience, query):
        return sql.SQL("ids AS MATERIALIZED ({})").format(chosen), unknown
    tables = sql.SQL("matching AS MATERIALIZED (SELECT count(*) AS number FROM ({}) AS m), ids AS MATERIALIZED ({})")
    counted = matching(layer, audience, visible, query, values)
    return tables.format(counted, chosen), _told(sql.SQL("(SELECT number FROM matching)"))


def _matching_ids(
    layer: Layer, audience: Audience, visible: Visible, query: Query, values: Values
) -> tuple[sql.Composable, sql.Composable]:
    """Of few that match all are found and the first taken; of very many the first are found by walking."""
    counted, number = query.after is None, sql.SQL("(SELECT number FROM matching)")
    found = [*conditions(layer, visible, query, values)] or [sql.SQL("true")]  # of a key that is limited: the view
    most, offset = values(query.limit + 1), values(query.offset)
    walked = walking.walk(
        after=values(query.after.id if query.after else FIRST),
        view=sources.view(layer, audience, query),
        conditions=sql.SQL("AND ") + sql.SQL(" AND ").join(found),
        ids=_merged(layer, audience, sql.SQL("w.last"), sql.SQL("w.size")),
        wanted=values(query.limit + query.offset + 1),
        first=2 * query.limit + 100,
        dense=sql.SQL("{} > {}").format(number, sql.Literal(COUNTED)) if counted else sql.SQL("true"),
    )
    walked_ids = walking.WALKED.format(most=most, offset=offset)
    if not counted:
        return sql.SQL("{}, ids AS MATERIALIZED ({})").format(walked, walked_ids), sql.SQL("NULL::bigint")
    tables = sql.SQL(
        "m AS MATERIALIZED ({matching}), matching AS MATERIALIZED (SELECT count(*) AS number FROM m), {walked},"
        " ids AS MATERIALIZED ((SELECT id FROM m WHERE {number} <= {counted} ORDER BY id LIMIT {most} OFFSET {offset})"
        " UNION ALL ({walked_ids}))"
    ).format(
        matching=matching(layer, audience, visible, query, values),
        walked=walked,
        number=number,
        counted=sql.Literal(COUNTED),
        most=most,
        offset=offset,
        walked_ids=walked_ids,
    )
    return tables, _told(number)


def _told(number: sql.Composable) -> sql.Composed:
    return sql.SQL("(SELECT nullif(least({0}, {1}), {1}))").format(number, sql.Literal(COUNTED + 1))


def matching(layer: Layer, audience: Audience, visible: Visible, query: Query, values: Values) -> sql.Composed:
    """SQL: ids that match, in no order, one more at most than are counted."""
    if query.words:
        return saying.matching(layer, audience, visible, query, values)
    return sql.SQL("SELECT t.id FROM {} AS t {} LIMIT {}").format(
        sources.view(layer, audience, query),
        where(conditions(layer, visible, query, values)),
        sql.Literal(COUNTED + 1),
    )


def _sorted_ids(layer: Layer, audience: Audience, visible: Visible, query: Query, values: Values) -> sql.Composed:
    """SQL: the ids of the page and one more, found by sorting all that match."""
    found = [*conditions(layer, visible, query, values)]
    if query.after is not None:
        found.append(follows(query.after, query.order, visible, values))
    return sql.SQL("SELECT t.id FROM {view} AS t {where} ORDER BY {order} LIMIT {limit} OFFSET {offset}").format(
        view=sources.view(layer, audience, query),
        where=where(found),
        order=listed(query.order),
        limit=values(query.limit + 1),
        offset=values(query.offset),
    )


def _in_order(
    layer: Layer, audience: Audience, after: sql.Composable, most: int, offset: int, values: Values
) -> sql.Composed:
    """SQL: so many of the layer's ids in their order, after those that are left out."""
    if audience is Audience.OFFICER and layer.owned:
        merged = _merged(layer, audience, after, values(offset + most))
        return sql.SQL("{} OFFSET {}").format(merged, values(offset))
    skipping = sql.SQL("SELECT id FROM {}({}, {}, {}) AS id")
    return skipping.format(_next(layer), after, values(most), values(offset))


def _merged(layer: Layer, audience: Audience, after: sql.Composable, most: sql.Composable) -> sql.Composed:
    """SQL: the layer's next ids in their order, an officer's own among them."""
    ids = sql.SQL("SELECT id FROM {}({}, {}, 0) AS id").format(_next(layer), after, most)
    if audience is Audience.OFFICER and layer.owned:
        own = sql.SQL("(SELECT t.id FROM {} AS t WHERE t.id > {} ORDER BY t.id LIMIT {})")
        ids = sql.SQL("{} UNION {}").format(own.format(sql.Identifier("own", layer.view), after, most), ids)
    return sql.SQL("SELECT id FROM ({}) AS a ORDER BY id LIMIT {}").format(ids, most)


def _next(layer: Layer) -> sql.Identifier:
    """The function that goes round the view's barrier (`gis.db.readers`)."""
    return sql.Identifier("pub", f"{layer.view}_after")


def total(view: str) -> sql.Composed:
    return sql.SQL("SELECT {}()").format(sql.Identifier("pub", f"{view}_count"))
