"""SQL of the geometries that a tile is made of: simplified, named, cut to its square."""

from psycopg import sql

from gis.crs import STORAGE_SRID
from gis.layers import Audience, Layer, Zoom
from gis.mercator import HALF, Box

from . import budget
from .matrices import Square


def simplified(zoom: Zoom, square: Square) -> sql.Composed:
    """A stored geometry as the zoom shows it, in the square's own system. Tolerances are metres of EPSG:3857."""
    if not zoom.simplify_m and square.matrices.srid == STORAGE_SRID:
        return sql.Composed([sql.SQL("geom")])
    geometry = sql.SQL("ST_Transform(geom, 3857)")
    if not zoom.simplify_m:
        return sql.Composed([geometry])
    return placed(sql.SQL("ST_Simplify({}, {}, true)").format(geometry, sql.Literal(zoom.simplify_m)), square)


def placed(geometry: sql.Composable, square: Square) -> sql.Composed:
    """A geometry of EPSG:3857 in the square's own system."""
    if square.matrices.srid == 3857:
        return sql.Composed([geometry])
    return sql.SQL("ST_Transform({}, {})").format(geometry, sql.Literal(square.matrices.srid))


def label(layer: Layer, audience: Audience, drawn: sql.Composed, square: Square, names: list[str]) -> sql.Composed:
    """A point inside an area that has a name to show; none for points and lines, nor outside the tile's own square."""
    if not layer.geometry_type(audience).endswith("POLYGON") or layer.label not in names:
        return sql.Composed([sql.SQL("NULL::geometry")])
    return in_tile(sql.SQL("ST_PointOnSurface({})").format(drawn), square, buffer=0)


def with_room(zoom: Zoom, square: Square) -> sql.Composable:
    """Is the stored geometry, by the box that is stored with it, as large on the screen as a name needs?

    From afar, where outlines are simplified, areas are few, and whoever draws them chooses among their names.
    """
    if zoom.simplify_m or square.zoom >= budget.NAMED_ALL:
        return sql.SQL("true")
    west, _south, east, _north = square.degrees()
    return sql.SQL(
        "(ST_XMax(geom::box2d) - ST_XMin(geom::box2d) >= {0} OR ST_YMax(geom::box2d) - ST_YMin(geom::box2d) >= {0})"
    ).format(sql.Literal((east - west) * budget.NAMED_PIXELS / 512))


def cell(side: float, *, middle: bool) -> sql.Composed:
    """A cell of this side in EPSG:3857, by `col` and `row`; or the point in its middle."""
    if middle:
        point = "ST_SetSRID(ST_MakePoint((col + 0.5) * {s} - {h}, {h} - (row + 0.5) * {s}), 3857)"
        return sql.SQL(point).format(s=sql.Literal(side), h=sql.Literal(HALF))
    return sql.SQL(
        "ST_MakeEnvelope(col * {s} - {h}, {h} - (row + 1) * {s}, (col + 1) * {s} - {h}, {h} - row * {s}, 3857)"
    ).format(s=sql.Literal(side), h=sql.Literal(HALF))


def in_tile(geometry: sql.Composed, square: Square, buffer: int = budget.BUFFER) -> sql.Composed:
    return sql.SQL("ST_AsMVTGeom({}, {}, {}, {}, true)").format(
        geometry, envelope(square.box(), square.matrices.srid), sql.Literal(budget.UNITS), sql.Literal(buffer)
    )


def envelope(box: Box, srid: int) -> sql.Composed:
    return sql.SQL("ST_MakeEnvelope({}, {})").format(numbers(box), sql.Literal(srid))


def numbers(given: tuple[float, ...]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Literal, given))
