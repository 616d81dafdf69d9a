"""Vector tiles of the published layers (Mapbox Vector Tile 2.1, WebMercatorQuad), cut by the database.

Tile bounds are literals, not parameters, and SRIDs integers: both let the planner and PostGIS keep what they know.

Where a zoom entry merges to a grid, a tile holds square cells (the power of two parts of the world that are at least
`grid_m` wide at the equator) with the number of features in each as `count`, and no ids.

Names of areas have a layer of their own, "<layer>.label": a point inside each area, in the one tile that holds it. A
client that names the clipped areas themselves writes a name in every tile that an area reaches.

What a tile leaves out: above MOST_FEATURES the features with the smallest boxes (of equals, the younger), and above
MOST_BYTES as many more as do not fit by the bytes that a feature has taken. `Tile.dropped` says how many.
"""

import math
from dataclasses import dataclass
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from gis import published
from gis.layers import Audience, Layer, Zoom
from gis.refusals import Refusal

DEEPEST = 22
UNITS = 4096
BUFFER = 64  # units beyond each edge, so that outlines and symbols of neighbouring tiles meet
MOST_FEATURES = 20_000
MOST_BYTES = 1_000_000
# Half the width of the world in the units of EPSG:3857.
HALF = math.pi * 6_378_137.0
# A tile has at most 2^7 cells across: four of the 512 pixels that clients draw it with.
CELL_LEVELS = 7

# The box that is stored with a geometry: asking the geometry itself reads all of its points, four times.
BIGGEST_FIRST = sql.SQL(
    "ORDER BY (ST_XMax(geom::box2d) - ST_XMin(geom::box2d)) * (ST_YMax(geom::box2d) - ST_YMin(geom::box2d)) DESC, id"
)
SPARE = 0.9  # of the bytes that may be filled by a guess

Address = tuple[int, int, int]  # level, column, row


class NoSuchTile(Refusal):
    code: ClassVar[str] = "no_such_tile"
    status: ClassVar[int] = 404
    sentence: ClassVar[str | Promise] = _(
        "There is no tile %(z)s/%(x)s/%(y)s: levels go from 0 to %(deepest)s, columns and rows from 0 to 2^level - 1."
    )


@dataclass(frozen=True)
class Tile:
    """An encoded tile, empty where there is nothing; `dropped` features did not fit."""

    content: bytes
    dropped: int = 0


def tile(layer: Layer, audience: Audience, z: int, x: int, y: int) -> Tile:
    """The layer's tile as this audience may see it. Raises NoSuchTile and what `published.reading` raises."""
    if not (0 <= z <= DEEPEST and 0 <= x < 2**z and 0 <= y < 2**z):
        raise NoSuchTile(z=z, x=x, y=y, deepest=DEEPEST)
    zoom = zoom_at(layer, z)
    if zoom is None:
        return Tile(b"")
    make = _cells if zoom.grid_m else _features
    most, crowded = MOST_FEATURES, False
    while True:
        content, drawn, found = _cut(layer, audience, *make(layer, audience, zoom, (z, x, y), most, crowded))
        if len(content) > MOST_BYTES and drawn > 1:
            most, crowded = max(1, min(most, int(drawn * MOST_BYTES / len(content) * SPARE))), True
        elif not crowded and found > most:
            crowded = True
        else:
            return Tile(content, found - drawn)


def zoom_at(layer: Layer, z: int) -> Zoom | None:
    """The declared entry for a zoom level: the finest that begins at or above it; None where the layer is not drawn."""
    reached = [zoom for zoom in layer.zooms if zoom.level <= z]
    return max(reached, key=lambda zoom: zoom.level, default=None)


def mercator_box(z: int, x: int, y: int) -> tuple[float, float, float, float]:
    """The tile's west, south, east and north in EPSG:3857."""
    side = 2 * HALF / 2**z
    return (x * side - HALF, HALF - (y + 1) * side, (x + 1) * side - HALF, HALF - y * side)


def degree_box(z: int, x: int, y: int) -> tuple[float, float, float, float]:
    """The tile with its buffer, west, south, east and north in EPSG:4326."""
    west, south, east, north = mercator_box(z, x, y)
    margin = (east - west) * BUFFER / UNITS
    return (
        max(math.degrees((west - margin) / 6_378_137.0), -180.0),
        _latitude(south - margin),
        min(math.degrees((east + margin) / 6_378_137.0), 180.0),
        _latitude(north + margin),
    )


def _latitude(northing: float) -> float:
    return math.degrees(2 * math.atan(math.exp(northing / 6_378_137.0)) - math.pi / 2)


def _cut(layer: Layer, audience: Audience, names: list[str], rows: sql.Composed) -> tuple[bytes, int, int]:
    """The encoded rows, how many rows there were and of how many found (one more than wanted tells a crowd)."""
    statement = sql.SQL(
        "WITH cut AS MATERIALIZED ({rows}) SELECT (SELECT ST_AsMVT(t, {name}, {units}, 'geom')"
        " FROM (SELECT {names}, geom FROM cut WHERE geom IS NOT NULL) AS t)"
        " || (SELECT coalesce(ST_AsMVT(t, {label}, {units}, 'label'), '')"
        " FROM (SELECT {names}, label FROM cut WHERE label IS NOT NULL) AS t),"
        " count(*), coalesce(max(v_found), 0) FROM cut"
    ).format(
        rows=rows,
        name=sql.Literal(layer.id),
        label=sql.Literal(f"{layer.id}.label"),
        units=sql.Literal(UNITS),
        names=published.named(names),
    )
    with published.reading(audience) as cursor:
        published.execute(cursor, statement)
        content, drawn, found = cursor.fetchone()
    return bytes(content or b""), drawn, found


def _features(
    layer: Layer, audience: Audience, zoom: Zoom, at: Address, most: int, crowded: bool
) -> tuple[list[str], sql.Composed]:
    """Names of the properties, and the rows: features in the tile; of a crowded one the biggest boxes."""
    kinds = published.properties(layer, audience)
    declared = [field.name for field in layer.fields_for(audience)]
    names = [name for name in declared if zoom.fields is None or name in zoom.fields]
    rows = sql.SQL(
        "SELECT {said}, {drawn} AS geom, {label} AS label, v_found FROM ("
        " SELECT {needed}, {found} AS v_found FROM {view} WHERE geom && {box} {order} LIMIT {most}) AS r"
    ).format(
        said=sql.SQL(", ").join([sql.SQL("id::text"), *(_said(name, kinds[name]) for name in names)]),
        drawn=_in_tile(_simplified(zoom), at),
        label=_label(layer, audience, zoom, at, names),
        needed=published.named(["id", "geom", *names]),
        found=_number_in(layer, audience, at) if crowded else sql.SQL("row_number() OVER ()"),
        view=published.view(layer, audience),
        box=_envelope(degree_box(*at), 4326),
        order=BIGGEST_FIRST if crowded else sql.SQL(""),
        most=sql.Literal(most if crowded else most + 1),
    )
    return ["id", *names], rows


def _cells(
    layer: Layer, audience: Audience, zoom: Zoom, at: Address, most: int, _crowded: bool
) -> tuple[list[str], sql.Composed]:
    """How many features have their middle in each cell. Cells divide tiles, so none is cut by an edge."""
    z, x, y = at
    level = min(z + CELL_LEVELS, int(math.log2(2 * HALF / zoom.grid_m)))
    across = 2 ** (level - z)
    top, left = y * across, x * across
    # Latitudes of the borders between rows, from the south: to look a place up in them costs less than its projection.
    borders = [_latitude(HALF - row * 2 * HALF / 2**level) for row in range(top + across, top - 1, -1)]
    rows = sql.SQL(
        "SELECT c.number AS count, {drawn} AS geom, NULL::geometry AS label, count(*) OVER () AS v_found FROM ("
        " SELECT floor((lon + 180) / 360 * {cells})::integer AS col, {last} - width_bucket(lat, {borders}) AS row,"
        " count(*) AS number FROM (SELECT (ST_XMin(b) + ST_XMax(b)) / 2 AS lon, (ST_YMin(b) + ST_YMax(b)) / 2 AS lat"
        " FROM (SELECT geom::box2d::box3d AS b FROM {view} WHERE geom && {box} OFFSET 0) AS r) AS m"
        " GROUP BY 1, 2 OFFSET 0) AS c"
        " WHERE col >= {left} AND col < {left} + {across} AND row >= {top} AND row < {top} + {across}"
        " ORDER BY c.number DESC, col, row LIMIT {most}"
    ).format(
        drawn=_in_tile(_cell(2 * HALF / 2**level), at),
        cells=sql.Literal(2**level),
        last=sql.Literal(top + across),
        borders=sql.SQL("'{{{}}}'::double precision[]").format(sql.SQL(",".join(map(repr, borders)))),
        view=published.view(layer, audience),
        box=_envelope(degree_box(*at), 4326),
        left=sql.Literal(left),
        top=sql.Literal(top),
        across=sql.Literal(across),
        most=sql.Literal(most),
    )
    return ["count"], rows


def _number_in(layer: Layer, audience: Audience, at: Address) -> sql.Composed:
    """How many features reach the tile. Counted apart: counted beside them, all would be kept until the last."""
    return sql.SQL("(SELECT count(*) FROM {} WHERE geom && {})").format(
        published.view(layer, audience), _envelope(degree_box(*at), 4326)
    )


def _said(name: str, kind: published.Kind) -> sql.Composed:
    """A property in a type that tiles know."""
    cast = {"number": "::double precision", "date": "::text", "datetime": "::text"}.get(kind, "")
    return sql.SQL("{}{} AS {}").format(sql.Identifier(name), sql.SQL(cast), sql.Identifier(name))


def _simplified(zoom: Zoom) -> sql.Composed:
    geometry = sql.SQL("ST_Transform(geom, 3857)")
    if not zoom.simplify_m:
        return sql.Composed([geometry])
    return sql.SQL("ST_Simplify({}, {}, true)").format(geometry, sql.Literal(zoom.simplify_m))


def _label(layer: Layer, audience: Audience, zoom: Zoom, at: Address, names: list[str]) -> sql.Composed:
    """A point inside an area that has a name to show; none for points and lines, nor outside the tile's own square."""
    if not layer.geometry_type(audience).endswith("POLYGON") or layer.label not in names:
        return sql.Composed([sql.SQL("NULL::geometry")])
    inside = sql.SQL("ST_PointOnSurface({})").format(_simplified(zoom))
    return _in_tile(inside, at, buffer=0)


def _cell(side: float) -> sql.Composed:
    return sql.SQL(
        "ST_MakeEnvelope(col * {s} - {h}, {h} - (row + 1) * {s}, (col + 1) * {s} - {h}, {h} - row * {s}, 3857)"
    ).format(s=sql.Literal(side), h=sql.Literal(HALF))


def _in_tile(geometry: sql.Composed, at: Address, buffer: int = BUFFER) -> sql.Composed:
    return sql.SQL("ST_AsMVTGeom({}, {}, {}, {}, true)").format(
        geometry, _envelope(mercator_box(*at), 3857), sql.Literal(UNITS), sql.Literal(buffer)
    )


def _envelope(box: tuple[float, float, float, float], srid: int) -> sql.Composed:
    numbers = sql.SQL(", ").join(map(sql.Literal, box))
    return sql.SQL("ST_MakeEnvelope({}, {})").format(numbers, sql.Literal(srid))
