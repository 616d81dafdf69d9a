"""The features of a tile with what they say: as kept simplified, or from the reader's view."""

from psycopg import sql

from gis import published
from gis.db.generalised import Kind
from gis.layers import Zoom

from . import budget, choice, drawing
from .asking import Asked
from .cells import Rows

# Kinds that tiles do not know.
SAID: dict[published.Kind, sql.SQL] = {
    "number": sql.SQL("{}::double precision"),
    "date": sql.SQL("{}::text"),
    "datetime": sql.SQL("{}::text"),
    "texts": sql.SQL("array_to_string({}, ',')"),
}


def all_at_once(asked: Asked, zoom: Zoom) -> sql.Composed:
    """The tile with all its features, in one scan, and how many they are: one more than wanted tells a crowd."""
    names = _carried(asked, zoom)
    by, order = choice.on_top(asked)
    statement = sql.SQL(
        "SELECT coalesce(ST_AsMVT(a, {name}, {units}, 'geom') FILTER (WHERE a.geom IS NOT NULL), '')"
        " || coalesce(ST_AsMVT(b, {label}, {units}, 'label') FILTER (WHERE b.label IS NOT NULL), ''), count(*)"
        " FROM ({rows} OFFSET 0) AS r, LATERAL (SELECT {names}, r.geom) AS a, LATERAL (SELECT {names}, r.label) AS b"
    )
    return statement.format(
        name=sql.Literal(asked.layer.id),
        label=sql.Literal(f"{asked.layer.id}.label"),
        units=sql.Literal(budget.UNITS),
        names=sql.SQL(", ").join(sql.Identifier("r", name) for name in ("id", *names)),
        rows=_drawn(
            asked,
            zoom,
            sql.SQL("(SELECT {needed} FROM {view} WHERE geom && {box} {only} LIMIT {most} + 1) AS s {order}").format(
                needed=published.named(["id", "geom", *dict.fromkeys((*names, *by))]),
                view=asked.view,
                box=asked.reach,
                only=choice.only(asked, zoom),
                most=sql.Literal(budget.MOST_FEATURES),
                order=order,
            ),
        ),
    )


def features(asked: Asked, zoom: Zoom, most: int) -> Rows:
    """Of a crowd, the features that the tile keeps, most wanted first; all that reach it are counted."""
    names = _carried(asked, zoom)
    by, order = choice.order(asked)
    chosen = sql.SQL(
        "(SELECT {needed}, {found} AS v_found FROM {view} WHERE geom && {box} {only} {order} LIMIT {most}) AS s"
    ).format(
        needed=published.named(["id", "geom", *dict.fromkeys((*names, *by))]),
        found=_number_in(asked, zoom),
        view=asked.view,
        box=asked.reach,
        only=choice.only(asked, zoom),
        order=order,
        most=sql.Literal(most),
    )
    return ["id", *names], _drawn(asked, zoom, chosen, ", v_found")


def _drawn(asked: Asked, zoom: Zoom, chosen: sql.Composed, more: str = "") -> sql.Composed:
    """SQL: what is said and drawn of the chosen stored features; `label` where there is room for one."""
    names = _carried(asked, zoom)
    geometry = drawing.simplified(zoom, asked.square)
    label = drawing.label(asked.layer, asked.audience, geometry, asked.square, names)
    return sql.SQL(
        "SELECT {said}, {drawn} AS geom, CASE WHEN {room} THEN {label} END AS label {more} FROM {chosen}"
    ).format(
        said=_all_said(asked, names),
        drawn=drawing.in_tile(geometry, asked.square),
        room=drawing.with_room(zoom, asked.square),
        label=label,
        more=sql.SQL(more),
        chosen=chosen,
    )


def kept(kind: Kind, asked: Asked, most: int) -> Rows:
    """The biggest of what is kept simplified, with what they say: as kept, or else as the reader's view tells."""
    geometry = drawing.placed(sql.SQL("geom"), asked.square)
    names = _carried(asked, kind.zoom)
    with_them = set(names) <= {field.name for field in kind.said}
    said = sql.SQL(", s.{} AS {}") if with_them else sql.SQL(", r.{1}")
    view = sql.SQL(", LATERAL (SELECT * FROM {} AS v WHERE v.id = s.id OFFSET 0) AS r")
    rows = sql.SQL(
        "SELECT {said}, {drawn} AS geom, {label} AS label, v_found"
        " FROM (SELECT s.id, s.geom, s.found AS v_found {needed} FROM {kept}({box}, {most}) AS s {view}) AS k"
    ).format(
        said=_all_said(asked, names),
        drawn=drawing.in_tile(geometry, asked.square),
        label=drawing.label(asked.layer, asked.audience, geometry, asked.square, names),
        needed=sql.SQL("").join(said.format(sql.Identifier(f"said_{one}"), sql.Identifier(one)) for one in names),
        kept=kind.reader(asked.audience),
        box=drawing.numbers(asked.square.metres(budget.MARGIN)),
        most=sql.Literal(most),
        view=sql.SQL("") if with_them else view.format(asked.view),
    )
    return ["id", *names], rows


def _carried(asked: Asked, zoom: Zoom) -> list[str]:
    """Names of the properties that a zoom entry gives this audience."""
    declared = [field.name for field in asked.layer.fields_for(asked.audience)]
    return [name for name in declared if zoom.fields is None or name in zoom.fields]


def _number_in(asked: Asked, zoom: Zoom) -> sql.Composed:
    """How many features reach the tile. Counted apart: counted beside them, all would be kept until the last."""
    return sql.SQL("(SELECT count(*) FROM {} WHERE geom && {} {})").format(
        asked.view,
        asked.reach,
        choice.only(asked, zoom),
    )


def _all_said(asked: Asked, names: list[str]) -> sql.Composed:
    kinds = published.properties(asked.layer, asked.audience)
    return sql.SQL(", ").join([sql.SQL("id::text"), *(_said(name, kinds[name]) for name in names)])


def _said(name: str, kind: published.Kind) -> sql.Composed:
    """A property in a type that tiles know."""
    return sql.SQL("{} AS {}").format(SAID.get(kind, sql.SQL("{}")).format(sql.Identifier(name)), sql.Identifier(name))
