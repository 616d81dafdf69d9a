"""The order of a page, and where the next one begins: after the values that the last feature was sorted by."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from gis import published
from gis.layers import Layer
from gis.refusals import Refusal
from gis.values import Values

from .names import check_names
from .query import Cursor

Order = Sequence[tuple[str, bool]]

TYPES: dict[published.Kind, str] = {
    "text": "text",
    "integer": "bigint",
    "number": "numeric",
    "boolean": "boolean",
    "date": "date",
    "datetime": "timestamptz",
}


class NoOrder(Refusal):
    code: ClassVar[str] = "no_order"
    status: ClassVar[int] = 400
    sentence: ClassVar[str | Promise] = _(
        '"%(name)s" holds several values at once, so nothing is sorted by it. Sort by one of: %(names)s.'
    )


def sortable(visible: Mapping[str, published.Kind]) -> list[str]:
    """The fields that features can be sorted by."""
    return [name for name, kind in visible.items() if kind in TYPES]


def check_order(layer: Layer, visible: Mapping[str, published.Kind], order: Order) -> None:
    """Raises UnknownField and NoOrder."""
    names = [name for name, _down in order]
    check_names(layer, visible, names)
    for name in names:
        if visible[name] not in TYPES:
            raise NoOrder(name=name, names=", ".join(sortable(visible)))


def listed(order: Order) -> sql.Composed:
    """SQL: the order asked for, made total by the id. What says nothing comes last, whichever way."""
    named = [
        sql.SQL("t.{} {}").format(sql.Identifier(name), sql.SQL("DESC NULLS LAST" if down else "ASC NULLS LAST"))
        for name, down in order
    ]
    return sql.SQL(", ").join([*named, sql.SQL("t.id")])


def keys(order: Order) -> sql.Composable:
    """SQL: what the row `t` was sorted by, as JSON texts: numbers and times come back as they are written."""
    if not order:
        return sql.SQL("NULL::text")
    named = sql.SQL(", ").join(sql.SQL("t.{}::text").format(sql.Identifier(name)) for name, _down in order)
    return sql.SQL("jsonb_build_array({})::text").format(named)


def follows(after: Cursor, order: Order, visible: Mapping[str, published.Kind], values: Values) -> sql.Composed:
    """SQL: the row `t` comes after the cursor."""
    branches: list[sql.Composable] = []
    equal: list[sql.Composable] = []
    for (name, down), value in zip(order, after.values, strict=True):
        column = sql.SQL("t.{}").format(sql.Identifier(name))
        if value is None:
            equal.append(sql.SQL("{} IS NULL").format(column))
            continue
        bound = sql.SQL("{}::{}").format(values(value), sql.SQL(TYPES[visible[name]]))
        farther = sql.SQL("({} {} {} OR {} IS NULL)").format(column, sql.SQL("<" if down else ">"), bound, column)
        branches.append(_all([*equal, farther]))
        equal.append(sql.SQL("{} = {}").format(column, bound))
    branches.append(_all([*equal, sql.SQL("t.id > {}").format(values(after.id))]))
    return sql.SQL("({})").format(sql.SQL(" OR ").join(branches))


def _all(conditions: list[sql.Composable]) -> sql.Composed:
    return sql.SQL("({})").format(sql.SQL(" AND ").join(conditions))
