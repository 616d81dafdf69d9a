"""Which features a crowded tile keeps."""

from django.utils import timezone
from psycopg import sql

from gis import published
from gis.layers import Layer, Zoom

from . import budget
from .asking import Asked

# The box that is stored with a geometry: asking the geometry itself reads all of its points, four times.
BIGGEST_FIRST = sql.SQL(
    "ORDER BY (ST_XMax(geom::box2d) - ST_XMin(geom::box2d)) * (ST_YMax(geom::box2d) - ST_YMin(geom::box2d)) DESC, id"
)


def order(asked: Asked) -> tuple[list[str], sql.Composable]:
    """Which features a crowded tile keeps: the properties that decide, and the clause. All read by everybody."""
    layer = asked.layer
    if not layer.of_points:
        return [], BIGGEST_FIRST
    first = sql.SQL("{} DESC, ").format(pressing(layer)) if layer.pressing else sql.SQL("")
    by = [layer.pressing[0]] if layer.pressing else []
    if layer.when:
        return [*by, layer.when], sql.SQL("ORDER BY {}{} DESC, id DESC").format(first, sql.Identifier(layer.when))
    west, south, east, north = asked.square.degrees()
    across = 2**budget.THINNING_LEVELS
    # In the same square the oldest; of the squares' first ones, and second ones, some from all over the tile.
    thinned = sql.SQL(
        "ORDER BY {first}row_number() OVER (PARTITION BY"
        " floor((ST_XMin(geom::box2d) + ST_XMax(geom::box2d)) / {wide}),"
        " floor((ST_YMin(geom::box2d) + ST_YMax(geom::box2d)) / {high}) ORDER BY id), hashtext(id::text), id"
    ).format(
        first=first,
        wide=sql.Literal(2 * (east - west) / across),
        high=sql.Literal(2 * (north - south) / across),
    )
    return by, thinned


def on_top(asked: Asked) -> tuple[list[str], sql.Composable]:
    """As `order`, where all fit and it only says what lies over what: nothing where no two share a place."""
    layer = asked.layer
    if (layer.of_points and not layer.when) or layer.importing.rivals:
        return [], sql.SQL("")
    return order(asked)


def only(asked: Asked, zoom: Zoom) -> sql.Composable:
    """What a row must be besides being there: pressing, where the zoom says so; of the time asked for."""
    layer = asked.layer
    conditions = [sql.SQL("AND {}").format(pressing(layer))] if zoom.pressing else []
    if asked.during is not None and layer.when and layer.shows(layer.when, asked.audience):
        of_days = published.properties(layer, asked.audience)[layer.when] == "date"
        for sign, bound in zip((">=", "<="), asked.during, strict=True):
            if bound is not None:
                limit = sql.Literal(timezone.localdate(bound) if of_days else bound)
                conditions.append(sql.SQL("AND {} {} {}").format(sql.Identifier(layer.when), sql.SQL(sign), limit))
    return sql.SQL(" ").join(conditions)


def pressing(layer: Layer) -> sql.Composed:
    """Is a row of the layer's view one of the pressing?"""
    if layer.pressing is None:
        raise LookupError(f"layer {layer.id} does not say what is pressing")
    name, codes = layer.pressing
    return sql.SQL("{} IN ({})").format(sql.Identifier(name), sql.SQL(", ").join(map(sql.Literal, codes)))
