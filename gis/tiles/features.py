"""The features of a tile with what they say: as kept simplified, or from the reader's view."""

from psycopg import sql

from gis import published
from gis.db.generalised import Kind
from gis.layers import Zoom

from . import budget, choice, drawing
from .asking import Asked
from .cells import Rows


def features(asked: Asked, zoom: Zoom, most: int, in_order: bool) -> Rows:
    """Features in the tile, those first that a crowded one keeps; not in order, of a crowd one alone, which tells it.

    In order all that reach the tile are read and counted: only a crowd is worth that.
    """
    names = _carried(asked, zoom)
    by, order = choice.order(asked)
    chosen = sql.SQL(
        "SELECT {needed}, {found} AS v_found FROM {view} WHERE geom && {box} {only} {order} LIMIT {most}"
        if in_order
        else "SELECT * FROM (SELECT *, count(*) OVER () AS v_found, row_number() OVER () AS v_one FROM"
        " (SELECT {needed} FROM {view} WHERE geom && {box} {only} LIMIT {most} + 1) AS s) AS t"
        " WHERE v_found <= {most} OR v_one = 1 {order}"
    ).format(
        needed=published.named(["id", "geom", *dict.fromkeys((*names, *by))]),
        found=_number_in(asked, zoom),
        view=asked.view,
        box=asked.reach,
        only=choice.only(asked, zoom),
        order=order,
        most=sql.Literal(most),
    )
    rows = sql.SQL("SELECT {said}, {drawn} AS geom, {label} AS label, v_found FROM ({chosen}) AS r").format(
        said=_all_said(asked, names),
        drawn=drawing.in_tile(drawing.simplified(zoom, asked.square), asked.square),
        label=drawing.label(asked.layer, asked.audience, drawing.simplified(zoom, asked.square), asked.square, names),
        chosen=chosen,
    )
    return ["id", *names], rows


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
    cast = {"number": "::double precision", "date": "::text", "datetime": "::text"}.get(kind, "")
    return sql.SQL("{}{} AS {}").format(sql.Identifier(name), sql.SQL(cast), sql.Identifier(name))
