"""Questions about features as SQL: pure functions of what is asked, so that whoever executes them asks the same.

A page is found in two steps: the ids of its features and of one more, which tells whether there is another page; then,
by these ids, what is shown, so that columns looked up elsewhere are looked up for the page alone. Every page answers
with the columns of COLUMNS.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from psycopg import sql

from gis import published
from gis.db.past import past_schema
from gis.layers import Audience, Layer
from gis.values import Values

from . import choosing, sources
from .names import check_names
from .ordering import check_order, keys, listed
from .query import FIRST, MOST_BYTES, Output, Query

Visible = Mapping[str, published.Kind]
GEOMETRY = "geometry"  # what the geometry is called in schemas and filters
COLUMNS = ("text", "returned", "more", "last", "keys", "matched")
WHOLE = sql.SQL("(SELECT * FROM found WHERE (SELECT coalesce(sum(pg_column_size(geom)), 0) FROM found) <= {})")


class Statement(NamedTuple):
    """SQL with named placeholders (psycopg), and what stands in them."""

    text: str
    values: dict[str, Any]


def page(
    layer: Layer, audience: Audience, visible: Visible, query: Query, *, cut: bool = False, numbered: bool = True
) -> Statement:
    """Some features. Raises UnknownField and WrongValue.

    Not `numbered`: whoever asks knows how many the layer has, and is not told with a first page of all.
    Too many bytes for one page are answered with no feature and `more`: then it is asked again with `cut`, which takes
    as many as fit and costs more.
    """
    shown = tuple(visible) if query.fields is None else query.fields
    check_names(layer, visible, shown)
    check_order(layer, visible, query.order)
    if _is_plain(audience, query):
        return _next_page(layer, query, numbered=numbered)
    values = Values()
    needed = dict.fromkeys(["id", "geom", *shown, *(name for name, _down in query.order)])
    ids, matched = choosing.ids(layer, audience, visible, query, values, numbered=numbered)
    statement = sql.SQL(
        "WITH RECURSIVE {ids}, found AS MATERIALIZED (SELECT {columns} FROM {view} AS t"
        " WHERE t.id = ANY (ARRAY(SELECT id FROM ids LIMIT {limit})) ORDER BY {order})"
        " SELECT string_agg({text}, ','), count(*), (SELECT count(*) FROM ids) > count(*),"
        " (array_agg(t.id))[count(*)], (array_agg({keys}))[count(*)], {matched} FROM {fitting} AS t"
    ).format(
        ids=ids,
        columns=_columns(needed),
        view=sources.view(layer, audience, query),
        order=listed(query.order),
        text=feature(shown, query.output, geometry=query.geometry),
        limit=values(query.limit),
        keys=keys(query.order),
        matched=matched,
        fitting=_cut(query) if cut else WHOLE.format(sql.Literal(MOST_BYTES)),
    )
    return Statement(statement.as_string(), dict(values))


def too_much(row: tuple[Any, ...]) -> bool:
    """Does this answer say that the page must be cut?"""
    return row[1] == 0 and bool(row[2])


def _cut(query: Query) -> sql.Composed:
    return sql.SQL(
        "(SELECT * FROM (SELECT *, row_number() OVER w AS n, sum(coalesce(pg_column_size(t.geom), 0)) OVER w AS bytes"
        " FROM found AS t WINDOW w AS (ORDER BY {} ROWS UNBOUNDED PRECEDING)) AS s"
        " WHERE s.n = 1 OR s.bytes <= {} ORDER BY s.n)"
    ).format(listed(query.order), sql.Literal(MOST_BYTES))


def one(layer: Layer, audience: Audience, visible: Visible, output: Output, *, past: bool = False) -> str:
    """One feature, by the placeholder `id`; of the past within `gis.history.looking_at`."""
    return _one(past_schema(audience) if past else audience.schema, layer.view, tuple(visible), output)


@lru_cache(maxsize=512)
def _one(schema: str, view: str, shown: tuple[str, ...], output: Output) -> str:
    statement = sql.SQL("SELECT {} FROM {} AS t WHERE t.id = {}").format(
        feature(shown, output), sql.Identifier(schema, view), sql.Placeholder("id")
    )
    return statement.as_string()


def count(layer: Layer, audience: Audience, visible: Visible, query: Query) -> Statement:
    """How many features match, up to one more than are counted."""
    values = Values()
    matching = choosing.matching(layer, audience, visible, query, values)
    return Statement(sql.SQL("SELECT count(*) FROM ({}) AS c").format(matching).as_string(), dict(values))


@lru_cache(maxsize=512)
def total(view: str) -> str:
    """How many features everybody sees; NULL where that is not known without counting."""
    return choosing.total(view).as_string()


def feature(shown: tuple[str, ...], output: Output, *, geometry: bool = True) -> sql.Composed:
    """SQL: the row `t` as GeoJSON text. Option 0 keeps the obsolete "crs" member out."""
    drawn: sql.Composable = sql.SQL("'null'")
    if geometry:
        drawn = sql.SQL("coalesce(ST_AsGeoJSON({}, {}, 0), 'null')").format(
            output.of(sql.SQL("t.geom")), sql.Literal(output.digits)
        )
    said: sql.Composable = sql.SQL("'{}'")
    if shown:
        said = sql.SQL("(SELECT row_to_json(p)::text FROM (SELECT {}) AS p)").format(_columns(shown))
    return sql.SQL(
        """'{{"type":"Feature","id":"' || t.id || '","geometry":' || {} || ',"properties":' || {} || '}}'"""
    ).format(drawn, said)


def _is_plain(audience: Audience, query: Query) -> bool:
    """Is it what most ask: all that the public sees, page by page, as it is stored?"""
    whole = query.fields is None and query.geometry and query.output == Output()
    return audience is Audience.PUBLIC and whole and not (query.narrows or query.order or query.offset)


def _next_page(layer: Layer, query: Query, *, numbered: bool) -> Statement:
    """Made by one function of the layer (`gis.db.readers`): what it takes is always the same."""
    after = query.after.id if query.after else FIRST
    return Statement(
        _next_page_text(layer.view, numbered and query.after is None), {"after": after, "limit": query.limit}
    )


@lru_cache(maxsize=512)
def _next_page_text(view: str, counted: bool) -> str:
    statement = sql.SQL("SELECT text, returned, more, last, NULL::text, {} FROM {}({}, {})")
    return statement.format(
        sql.SQL("({})").format(choosing.total(view)) if counted else sql.SQL("NULL::bigint"),
        sql.Identifier("pub", f"{view}_page"),
        sql.Placeholder("after"),
        sql.Placeholder("limit"),
    ).as_string()


def _columns(names: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.SQL("t.") + sql.Identifier(name) for name in names)
