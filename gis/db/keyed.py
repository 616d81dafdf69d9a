"""Views for keys with scopes, made from the layer declarations: what agencies see, narrowed by the database itself.

Schema `keyed`, one view a layer over that of schema `agency`, with the same columns: rows of the authorities that the
key of the session opens, and in them the fields that it opens; the others are NULL in every row. `keyed_past` and
`keyed_changes` do the same to the past and the changes. The key is known by its digest (`SET LOCAL baladiya.key`),
which nobody can guess, and judged anew by each question (`access_key_codes`): an ended key reads nothing, and whoever
has the role `keyed` but no key reads nothing either.
"""

from psycopg import sql

from gis.layers import Layer
from gis.scopes import READ

SCHEMA, PAST, CHANGES = "keyed", "keyed_past", "keyed_changes"
OF_KEYS = (SCHEMA, PAST, CHANGES)
# A record that was another authority's, or has become it, is told as gone to whoever could see it before.
CHANGED = sql.SQL(
    "SELECT {version}, CASE WHEN c.op = 'put' AND {inside} THEN 'put' ELSE 'delete' END, c.id, {shown}"
    " FROM {changes} AS c WHERE {opened} AND ((c.op = 'put' AND {inside}) OR {before})"
)
BEFORE = sql.SQL(
    "EXISTS (SELECT FROM history.{table} AS h JOIN public.territory_authority AS a ON a.id = h.authority_id"
    " WHERE h.id = {alias}.id AND h.v_seq < {alias}.v_seq AND a.code = ANY ({codes}))"
)


def view(layer: Layer, source: str, columns: list[str]) -> str:
    """The query behind the layer's view over that of another schema with the same columns."""
    shown = _shown(layer, columns, sql.SQL("a"))
    return (
        sql.SQL("SELECT {} FROM {} AS a WHERE {}")
        .format(sql.SQL(", ").join(shown), sql.Identifier(source, layer.view), opened(layer, sql.SQL("a")))
        .as_string()
    )


def changes(layer: Layer, version: tuple[str, ...], columns: list[str]) -> str:
    """The query behind the layer's view of changes: of `version`, the operation and the columns."""
    inside = opened(layer, sql.SQL("c"))
    hidden = [
        sql.SQL("CASE WHEN c.op = 'put' AND {} THEN {} END").format(inside, shown)
        for shown in _shown(layer, columns[1:], sql.SQL("c"))
    ]
    before: sql.Composable = sql.SQL("c.op = 'delete'")
    if layer.owned:
        before = BEFORE.format(
            table=sql.Identifier(layer.table), alias=sql.SQL("c"), codes=_codes(layer, "", as_array=True)
        )
    return CHANGED.format(
        version=sql.SQL(", ").join(sql.Identifier("c", name) for name in version),
        inside=inside,
        shown=sql.SQL(", ").join(hidden),
        changes=sql.Identifier("agency_changes", layer.view),
        opened=sql.SQL("true") if layer.owned else inside,
        before=before,
    ).as_string()


def versions(layer: Layer, name: str, columns: list[str]) -> str:
    """The query behind the view of every version; where it tells nothing but that they were, history tells whose."""
    alias = sql.SQL("e")
    inside: sql.Composable = opened(layer, alias)
    if layer.owned and "authority" not in columns:
        inside = sql.SQL(
            "EXISTS (SELECT FROM history.{} AS h JOIN public.territory_authority AS a ON a.id = h.authority_id"
            " WHERE h.v_seq = e.v_seq AND a.code = ANY ({}))"
        ).format(sql.Identifier(layer.table), _codes(layer, "", as_array=True))
    return (
        sql.SQL("SELECT {} FROM {} AS e WHERE {}")
        .format(sql.SQL(", ").join(_shown(layer, columns, alias)), sql.Identifier("agency_changes", name), inside)
        .as_string()
    )


def opened(layer: Layer, alias: sql.Composable, field: str = "", verb: str = READ) -> sql.Composed:
    """SQL: does the key open the row, or this field of it?"""
    if not layer.owned:
        return _codes(layer, field, verb)
    return sql.SQL("{}.authority = ANY ({})").format(alias, _codes(layer, field, verb, as_array=True))


def _shown(layer: Layer, columns: list[str], alias: sql.Composable) -> list[sql.Composable]:
    """SQL: the columns, those that a scope may hide under their condition."""
    fields = {field.name for field in layer.fields}
    shown: list[sql.Composable] = []
    for name in columns:
        column = sql.SQL("{}.{}").format(alias, sql.Identifier(name))
        if name in fields:
            column = sql.SQL("CASE WHEN {} THEN {} END").format(opened(layer, alias, name), column)
        shown.append(column)
    return shown


def _codes(layer: Layer, field: str, verb: str = READ, *, as_array: bool = False) -> sql.Composed:
    """SQL, asked once a question: the codes of the authorities that are opened; of a layer of none, whether it is."""
    asked = sql.SQL(", ").join(map(sql.Literal, (layer.id, field, verb)))
    if as_array:
        return sql.SQL("(SELECT public.access_key_codes({}))::text[]").format(asked)
    return sql.SQL("(SELECT public.access_key_opens({}))").format(asked)
