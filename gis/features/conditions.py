"""What is asked of the row `t`, as SQL: every value a parameter."""

from collections.abc import Iterable, Iterator, Mapping

from django.utils import timezone
from psycopg import sql

from gis import cql2, published
from gis.db import dated
from gis.layers import Layer
from gis.values import Values

from .names import check_names, equals, read_value
from .query import Query

Visible = Mapping[str, published.Kind]
GEOMETRY = "geometry"  # what the geometry is called in schemas and filters


def conditions(layer: Layer, visible: Visible, query: Query, values: Values) -> Iterator[sql.Composable]:
    check_names(layer, visible, query.equals)
    for name, text in query.equals.items():
        value = read_value(name, visible[name], text)
        yield sql.SQL("t.{} {} {}").format(sql.Identifier(name), equals(visible[name]), values(value))
    if query.areas:
        parts = (area.covers(sql.SQL("t.geom"), values) for area in query.areas)
        yield sql.SQL("({})").format(sql.SQL(" OR ").join(parts))
    if query.filter is not None:
        yield _filter(layer, visible, query, values)
    if query.days is not None and query.past is None:
        first, last = query.days
        if last is not None:
            yield sql.SQL("t.{} <= {}").format(sql.Identifier(dated.BEGINS), values(last))
        if first is not None:
            yield sql.SQL("(t.{0} IS NULL OR t.{0} > {1})").format(sql.Identifier(dated.ENDS), values(first))
    if query.during is not None:
        name, first, last = query.during
        check_names(layer, visible, [name])
        for sign, bound in ((">=", first), ("<=", last)):
            if bound is not None:
                limit = timezone.localdate(bound) if visible[name] == "date" else bound
                yield sql.SQL("t.{} {} {}").format(sql.Identifier(name), sql.SQL(sign), values(limit))


def _filter(layer: Layer, visible: Visible, query: Query, values: Values) -> sql.Composed:
    kinds: dict[str, cql2.Kind] = {**visible, GEOMETRY: "geometry"}
    scope = cql2.Scope(layer.id, kinds, _column, values, query.filter_system)
    return sql.SQL("({})").format(cql2.condition(query.filter, scope))


def _column(name: str) -> sql.Composed:
    return sql.SQL("t.{}").format(sql.Identifier("geom" if name == GEOMETRY else name))


def where(conditions: Iterable[sql.Composable]) -> sql.Composable:
    found = list(conditions)
    return sql.SQL("WHERE ") + sql.SQL(" AND ").join(found) if found else sql.SQL("")
