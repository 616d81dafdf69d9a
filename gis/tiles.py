"""Vector tiles of the published layers (Mapbox Vector Tile 2.1, WebMercatorQuad), cut by the database.

Tile bounds are literals, not parameters, and SRIDs integers: both let the planner and PostGIS keep what they know.

Where a zoom entry merges to a grid, a tile holds square cells (the power of two parts of the world that are at least
`grid_m` wide at the equator) with the number of features in each as `count`, and no ids.

What an entry merges or simplifies is cut from what is kept generalised of the records (`gis.generalising`); where that
is not up to them, from the records themselves: the tile says the same, later.

Names of areas have a layer of their own, "<layer>.label": a point inside each area, in the one tile that holds it. A
client that names the clipped areas themselves writes a name in every tile that an area reaches.

Cells of a layer of points are points, in the middle of each. An entry may carry (and count) the layer's pressing
records alone.

What a tile leaves out: above MOST_FEATURES the features with the smallest boxes (of equals, the younger; of cells,
those with the fewest), and above MOST_BYTES as many more as do not fit. Points have no size: the pressing stay first,
then the newest where the layer says when; where it does not, one of each small square of the tile, then a second one.
How many fit is reckoned from a sample before anything is encoded, so a crowded tile is cut once; only one that comes
out too heavy all the same is cut again. `Tile.dropped` says how many are left out.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from gis import generalising, published, versions
from gis.db import generalised
from gis.db.generalised import Kind
from gis.layers import Audience, Layer, Zoom
from gis.mercator import HALF, Address, Box, degree_box, latitude, level_of, mercator_box
from gis.refusals import Refusal

DEEPEST = 22
UNITS = 4096
BUFFER = 64  # units beyond each edge, so that outlines and symbols of neighbouring tiles meet
MARGIN = BUFFER / UNITS
MOST_BYTES = 500_000  # not compressed
MOST_FEATURES = 7_000  # a feature that says next to nothing takes 66 bytes, most of them its id
# A tile has at most 2^7 cells across: four of the 512 pixels that clients draw it with.
CELL_LEVELS = 7

# A crowd of points that tell no time is thinned by squares, 2^6 across: eight of those pixels, and all of them fit.
THINNING_LEVELS = 6

# The box that is stored with a geometry: asking the geometry itself reads all of its points, four times.
BIGGEST_FIRST = sql.SQL(
    "ORDER BY (ST_XMax(geom::box2d) - ST_XMin(geom::box2d)) * (ST_YMax(geom::box2d) - ST_YMin(geom::box2d)) DESC, id"
)
SPARE = 0.95  # of the bytes that may be filled by a guess
# So many rows are encoded without a guess; of more, each so-many-th is encoded to learn what one takes.
FEW, EACH = 1_000, 25
# What a row takes beside the others, by its points; the sample tells the scale.
WEIGHT = sql.SQL("(60 + 3 * coalesce(ST_NPoints(geom), 0))")

# Another manner of cutting makes other tiles of the same records.
CUTTING = hashlib.blake2b(Path(__file__).read_bytes(), digest_size=16).hexdigest()

Rows = tuple[list[str], sql.Composed]  # names of the properties, and the rows that say them


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
    check(z, x, y)
    zoom = zoom_at(layer, z)
    if zoom is None:
        return Tile(b"")
    kind = generalised.kinds().get((layer.id, zoom.level))
    if kind is not None and not generalising.ready(kind, audience):
        kind = None
    at, most, in_order = (z, x, y), MOST_FEATURES, kind is not None or zoom.grid_m > 0
    while True:
        try:
            content, drawn, found = _cut(layer, audience, *_rows(layer, audience, zoom, at, most, kind, in_order))
        except published.NotReady:  # since it was asked: the day is over, or very many have changed
            if kind is None:
                raise
            kind = None
            continue
        if len(content) > MOST_BYTES and drawn > 1:
            most, in_order = max(1, min(most, int(drawn * MOST_BYTES / len(content) * SPARE))), True
        elif not in_order and found > most:
            in_order = True
        else:
            return Tile(content, found - drawn)


def version(layer: Layer, audience: Audience, z: int, x: int, y: int) -> str | None:
    """A mark that a tile keeps until it may say something else to this reader; None where only its bytes tell.

    Raises NoSuchTile and what `published.reading` raises.
    """
    check(z, x, y)
    state = versions.of(layer, audience)
    if state is None:
        return None
    said = (CUTTING, layer.zooms, layer.pressing, layer.when, audience, state)
    return hashlib.blake2b(repr(said).encode(), digest_size=16).hexdigest()


def check(z: int, x: int, y: int) -> None:
    """Raises NoSuchTile."""
    if not (0 <= z <= DEEPEST and 0 <= x < 2**z and 0 <= y < 2**z):
        raise NoSuchTile(z=z, x=x, y=y, deepest=DEEPEST)


def zoom_at(layer: Layer, z: int) -> Zoom | None:
    """The declared entry for a zoom level: the finest that begins at or above it; None where the layer is not drawn."""
    reached = [zoom for zoom in layer.zooms if zoom.level <= z]
    return max(reached, key=lambda zoom: zoom.level, default=None)


def _cut(layer: Layer, audience: Audience, names: list[str], rows: sql.Composed) -> tuple[bytes, int, int]:
    """As many of the rows as there is room for, the first of them, encoded; how many those are, and of how many found.

    One more found than wanted tells a crowd.
    """
    encoded = sql.SQL(
        "(SELECT coalesce(ST_AsMVT(t, {name}, {units}, 'geom'), '')"
        " FROM (SELECT {names}, geom FROM cut WHERE geom IS NOT NULL AND {which}) AS t)"
        " || (SELECT coalesce(ST_AsMVT(t, {label}, {units}, 'label'), '')"
        " FROM (SELECT {names}, label FROM cut WHERE label IS NOT NULL AND {which}) AS t)"
    )
    said: dict[str, sql.Composable] = {"names": published.named(names), "units": sql.Literal(UNITS)}
    said |= {"name": sql.Literal(layer.id), "label": sql.Literal(f"{layer.id}.label")}
    sample = sql.SQL("v_nth % {} = 0").format(sql.Literal(EACH))
    statement = sql.SQL(
        "WITH cut AS MATERIALIZED (SELECT row_number() OVER () AS v_nth, r.* FROM ({rows}) AS r),"
        " many AS MATERIALIZED (SELECT v_nth, sum({weight}) OVER (ORDER BY v_nth) AS upto FROM cut"
        " WHERE (SELECT count(*) FROM cut) > {few}),"
        " unit AS MATERIALIZED (SELECT octet_length({sampled}) / sum({weight})::double precision AS bytes"
        " FROM cut WHERE {sample} AND EXISTS (SELECT FROM many)),"
        " room AS MATERIALIZED (SELECT CASE WHEN coalesce((SELECT max(upto) FROM many) * bytes, 0) <= {most}"
        " THEN (SELECT count(*) FROM cut)"
        " ELSE (SELECT greatest(1, count(*)) FROM many WHERE upto * bytes <= {spare}) END AS number FROM unit)"
        " SELECT {all}, (SELECT number FROM room), (SELECT coalesce(max(v_found), 0) FROM cut)"
    ).format(
        rows=rows,
        weight=WEIGHT,
        few=sql.Literal(FEW),
        sample=sample,
        sampled=encoded.format(which=sample, **said),
        most=sql.Literal(MOST_BYTES),
        spare=sql.Literal(int(MOST_BYTES * SPARE)),
        all=encoded.format(which=sql.SQL("v_nth <= (SELECT number FROM room)"), **said),
    )
    with published.reading(audience) as cursor:
        published.execute(cursor, statement)
        content, drawn, found = cursor.fetchone()
    return bytes(content or b""), drawn, found


def _rows(
    layer: Layer, audience: Audience, zoom: Zoom, at: Address, most: int, kind: Kind | None, in_order: bool
) -> Rows:
    if zoom.grid_m:
        return _cells(layer, audience, zoom, at, most, kind)
    if kind:
        return _kept(kind, audience, at, most)
    return _features(layer, audience, zoom, at, most, in_order)


def _features(layer: Layer, audience: Audience, zoom: Zoom, at: Address, most: int, in_order: bool) -> Rows:
    """Features in the tile, those first that a crowded one keeps; not in order, of a crowd one alone, which tells it.

    In order all that reach the tile are read and counted: only a crowd is worth that.
    """
    names = _carried(layer, audience, zoom)
    by, order = _order(layer, at)
    chosen = sql.SQL(
        "SELECT {needed}, {found} AS v_found FROM {view} WHERE geom && {box} {only} {order} LIMIT {most}"
        if in_order
        else "SELECT * FROM (SELECT *, count(*) OVER () AS v_found, row_number() OVER () AS v_one FROM"
        " (SELECT {needed} FROM {view} WHERE geom && {box} {only} LIMIT {most} + 1) AS s) AS t"
        " WHERE v_found <= {most} OR v_one = 1 {order}"
    ).format(
        needed=published.named(["id", "geom", *dict.fromkeys((*names, *by))]),
        found=_number_in(layer, audience, zoom, at),
        view=published.view(layer, audience),
        box=_envelope(degree_box(*at, MARGIN), 4326),
        only=_only(layer, zoom),
        order=order,
        most=sql.Literal(most),
    )
    rows = sql.SQL("SELECT {said}, {drawn} AS geom, {label} AS label, v_found FROM ({chosen}) AS r").format(
        said=_all_said(layer, audience, names),
        drawn=_in_tile(_simplified(zoom), at),
        label=_label(layer, audience, _simplified(zoom), at, names),
        chosen=chosen,
    )
    return ["id", *names], rows


def _kept(kind: Kind, audience: Audience, at: Address, most: int) -> Rows:
    """The biggest of what is kept simplified, with what they say: as kept, or else as the reader's view tells."""
    layer, geometry = kind.layer, sql.Composed([sql.SQL("geom")])
    names = _carried(layer, audience, kind.zoom)
    with_them = set(names) <= {field.name for field in kind.said}
    said = sql.SQL(", s.{} AS {}") if with_them else sql.SQL(", r.{1}")
    view = sql.SQL(", LATERAL (SELECT * FROM {} AS v WHERE v.id = s.id OFFSET 0) AS r")
    rows = sql.SQL(
        "SELECT {said}, {drawn} AS geom, {label} AS label, v_found"
        " FROM (SELECT s.id, s.geom, s.found AS v_found {needed} FROM {kept}({box}, {most}) AS s {view}) AS k"
    ).format(
        said=_all_said(layer, audience, names),
        drawn=_in_tile(geometry, at),
        label=_label(layer, audience, geometry, at, names),
        needed=sql.SQL("").join(said.format(sql.Identifier(f"said_{one}"), sql.Identifier(one)) for one in names),
        kept=kind.reader(audience),
        box=_numbers(mercator_box(*at, MARGIN)),
        most=sql.Literal(most),
        view=sql.SQL("") if with_them else view.format(published.view(layer, audience)),
    )
    return ["id", *names], rows


def _cells(layer: Layer, audience: Audience, zoom: Zoom, at: Address, most: int, kind: Kind | None) -> Rows:
    """How many features have their middle in each cell. Cells divide tiles, so none is cut by an edge."""
    z, x, y = at
    level = min(z + CELL_LEVELS, level_of(zoom.grid_m))
    across = 2 ** (level - z)
    rows = sql.SQL(
        "SELECT c.number AS count, {drawn} AS geom, NULL::geometry AS label, count(*) OVER () AS v_found"
        " FROM ({counted}) AS c ORDER BY c.number DESC, col, row LIMIT {most}"
    ).format(
        drawn=_in_tile(_cell(2 * HALF / 2**level, middle=layer.of_points), at),
        counted=_summed(kind, audience, level, (x * across, y * across, across))
        if kind
        else _counted(layer, audience, zoom, at, level),
        most=sql.Literal(most),
    )
    return ["count"], rows


def _summed(kind: Kind, audience: Audience, level: int, corner: tuple[int, int, int]) -> sql.Composed:
    """Sums of the finest cells that are kept, in a square of cells of this level: its corner, and how many across."""
    shift = kind.level - level
    left, top, across = corner
    bounds = (left << shift, top << shift, ((left + across) << shift) - 1, ((top + across) << shift) - 1)
    return sql.SQL("SELECT col, row, number FROM {}({}, {})").format(
        kind.reader(audience), sql.Literal(shift), _numbers(bounds)
    )


def _counted(layer: Layer, audience: Audience, zoom: Zoom, at: Address, level: int) -> sql.Composed:
    """The records themselves, counted by cells of this level."""
    z, x, y = at
    across = 2 ** (level - z)
    top, left = y * across, x * across
    # Latitudes of the borders between rows, from the south: to look a place up in them costs less than its projection.
    borders = [latitude(HALF - row * 2 * HALF / 2**level) for row in range(top + across, top - 1, -1)]
    return sql.SQL(
        "SELECT * FROM (SELECT floor((lon + 180) / 360 * {cells})::integer AS col,"
        " {last} - width_bucket(lat, {borders}) AS row, count(*) AS number"
        " FROM (SELECT (ST_XMin(b) + ST_XMax(b)) / 2 AS lon, (ST_YMin(b) + ST_YMax(b)) / 2 AS lat"
        " FROM (SELECT geom::box2d::box3d AS b FROM {view} WHERE geom && {box} {only} OFFSET 0) AS r) AS m"
        " GROUP BY 1, 2 OFFSET 0) AS c"
        " WHERE col >= {left} AND col < {left} + {across} AND row >= {top} AND row < {top} + {across}"
    ).format(
        cells=sql.Literal(2**level),
        last=sql.Literal(top + across),
        borders=sql.SQL("'{{{}}}'::double precision[]").format(sql.SQL(",".join(map(repr, borders)))),
        view=published.view(layer, audience),
        box=_envelope(degree_box(*at, MARGIN), 4326),
        only=_only(layer, zoom),
        left=sql.Literal(left),
        top=sql.Literal(top),
        across=sql.Literal(across),
    )


def _carried(layer: Layer, audience: Audience, zoom: Zoom) -> list[str]:
    """Names of the properties that a zoom entry gives this audience."""
    declared = [field.name for field in layer.fields_for(audience)]
    return [name for name in declared if zoom.fields is None or name in zoom.fields]


def _order(layer: Layer, at: Address) -> tuple[list[str], sql.Composable]:
    """Which features a crowded tile keeps: the properties that decide, and the clause. All read by everybody."""
    if not layer.of_points:
        return [], BIGGEST_FIRST
    first = sql.SQL("{} DESC, ").format(_pressing(layer)) if layer.pressing else sql.SQL("")
    by = [layer.pressing[0]] if layer.pressing else []
    if layer.when:
        return [*by, layer.when], sql.SQL("ORDER BY {}{} DESC, id DESC").format(first, sql.Identifier(layer.when))
    west, south, east, north = degree_box(*at)
    across = 2**THINNING_LEVELS
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


def _only(layer: Layer, zoom: Zoom) -> sql.Composable:
    return sql.SQL("AND {}").format(_pressing(layer)) if zoom.pressing else sql.SQL("")


def _pressing(layer: Layer) -> sql.Composed:
    """Is a row of the layer's view one of the pressing?"""
    if layer.pressing is None:
        raise LookupError(f"layer {layer.id} does not say what is pressing")
    name, codes = layer.pressing
    return sql.SQL("{} IN ({})").format(sql.Identifier(name), sql.SQL(", ").join(map(sql.Literal, codes)))


def _number_in(layer: Layer, audience: Audience, zoom: Zoom, at: Address) -> sql.Composed:
    """How many features reach the tile. Counted apart: counted beside them, all would be kept until the last."""
    return sql.SQL("(SELECT count(*) FROM {} WHERE geom && {} {})").format(
        published.view(layer, audience), _envelope(degree_box(*at, MARGIN), 4326), _only(layer, zoom)
    )


def _all_said(layer: Layer, audience: Audience, names: list[str]) -> sql.Composed:
    kinds = published.properties(layer, audience)
    return sql.SQL(", ").join([sql.SQL("id::text"), *(_said(name, kinds[name]) for name in names)])


def _said(name: str, kind: published.Kind) -> sql.Composed:
    """A property in a type that tiles know."""
    cast = {"number": "::double precision", "date": "::text", "datetime": "::text"}.get(kind, "")
    return sql.SQL("{}{} AS {}").format(sql.Identifier(name), sql.SQL(cast), sql.Identifier(name))


def _simplified(zoom: Zoom) -> sql.Composed:
    geometry = sql.SQL("ST_Transform(geom, 3857)")
    if not zoom.simplify_m:
        return sql.Composed([geometry])
    return sql.SQL("ST_Simplify({}, {}, true)").format(geometry, sql.Literal(zoom.simplify_m))


def _label(layer: Layer, audience: Audience, drawn: sql.Composed, at: Address, names: list[str]) -> sql.Composed:
    """A point inside an area that has a name to show; none for points and lines, nor outside the tile's own square."""
    if not layer.geometry_type(audience).endswith("POLYGON") or layer.label not in names:
        return sql.Composed([sql.SQL("NULL::geometry")])
    return _in_tile(sql.SQL("ST_PointOnSurface({})").format(drawn), at, buffer=0)


def _cell(side: float, *, middle: bool) -> sql.Composed:
    if middle:
        point = "ST_SetSRID(ST_MakePoint((col + 0.5) * {s} - {h}, {h} - (row + 0.5) * {s}), 3857)"
        return sql.SQL(point).format(s=sql.Literal(side), h=sql.Literal(HALF))
    return sql.SQL(
        "ST_MakeEnvelope(col * {s} - {h}, {h} - (row + 1) * {s}, (col + 1) * {s} - {h}, {h} - row * {s}, 3857)"
    ).format(s=sql.Literal(side), h=sql.Literal(HALF))


def _in_tile(geometry: sql.Composed, at: Address, buffer: int = BUFFER) -> sql.Composed:
    return sql.SQL("ST_AsMVTGeom({}, {}, {}, {}, true)").format(
        geometry, _envelope(mercator_box(*at), 3857), sql.Literal(UNITS), sql.Literal(buffer)
    )


def _envelope(box: Box, srid: int) -> sql.Composed:
    return sql.SQL("ST_MakeEnvelope({}, {})").format(_numbers(box), sql.Literal(srid))


def _numbers(numbers: tuple[float, ...]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Literal, numbers))
