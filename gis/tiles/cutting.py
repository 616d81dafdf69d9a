"""A tile is cut, as often as it takes to fit, and encoded by the database; its validator is known before."""

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
from gis.refusals import Refusal

from . import budget
from .asking import Asked
from .cells import Rows, cells
from .features import all_at_once, features, kept
from .matrices import WEB_MERCATOR, Square

# Another manner of cutting makes other tiles of the same records.
CUTTING = hashlib.blake2b(
    b"".join(file.read_bytes() for file in sorted(Path(__file__).parent.glob("*.py"))), digest_size=16
).hexdigest()


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
    """The layer's tile of WebMercatorQuad as this audience may see it. Raises what `cut` raises."""
    return cut(Asked(layer, audience, Square(WEB_MERCATOR, z, x, y)))


def cut(asked: Asked, most_bytes: int | None = None) -> Tile:
    """The tile of one layer. Raises NoSuchTile and what `published.reading` raises."""
    check(asked.square)
    zoom = zoom_at(asked.layer, asked.square.zoom)
    if zoom is None:
        return Tile(b"")
    kind = generalised.kinds().get((asked.layer.id, zoom.level))
    of_a_time = asked.during is not None and asked.layer.when
    # What is kept is kept for all: of a key that is limited the tile is cut from what its key opens.
    if kind is not None and (
        of_a_time or asked.audience.scope is not None or not generalising.ready(kind, asked.audience)
    ):
        kind = None
    room = budget.MOST_BYTES if most_bytes is None else most_bytes
    if kind is None and not zoom.grid_m and (everything := _whole(asked, zoom, room)) is not None:
        return Tile(everything)
    most = budget.MOST_FEATURES
    while True:
        try:
            content, drawn, found = _cut(asked, room, *_rows(asked, zoom, most, kind))
        except published.NotReady:  # since it was asked: the day is over, or very many have changed
            if kind is None:
                raise
            kind = None
            continue
        if len(content) <= room or drawn <= 1:
            return Tile(content, found - drawn)
        most = max(1, min(most, int(drawn * room / len(content) * budget.SPARE)))


def version(layer: Layer, audience: Audience, z: int, x: int, y: int) -> str | None:
    """The validator of the layer's tile of WebMercatorQuad: `state`."""
    return state(Asked(layer, audience, Square(WEB_MERCATOR, z, x, y)))


def state(asked: Asked) -> str | None:
    """A mark that a tile keeps until it may say something else to this reader; None where only its bytes tell.

    Raises NoSuchTile and what `published.reading` raises.
    """
    check(asked.square)
    return mark(asked, versions.of(asked.layer, asked.audience))


def mark(asked: Asked, version: str | None) -> str | None:
    """As `state`, with what `gis.versions` tells of the layer."""
    if version is None:
        return None
    layer = asked.layer
    said = (CUTTING, layer.zooms, layer.pressing, layer.when, asked.audience, asked.during, version)
    return hashlib.blake2b(repr(said).encode(), digest_size=16).hexdigest()


def check(square: Square) -> None:
    """Raises NoSuchTile."""
    if not square.matrices.holds(square.z, square.x, square.y):
        raise NoSuchTile(z=square.z, x=square.x, y=square.y, deepest=square.matrices.deepest)


def zoom_at(layer: Layer, z: int) -> Zoom | None:
    """The declared entry for a zoom level: the finest that begins at or above it; None where the layer is not drawn."""
    reached = [zoom for zoom in layer.zooms if zoom.level <= z]
    return max(reached, key=lambda zoom: zoom.level, default=None)


def whole(asked: Asked) -> sql.Composed | None:
    """SQL of the tile with all that there is, and of how many features; None where tiles are of what is merged or kept.

    Whether that is not too much, `fits` tells. Raises NoSuchTile.
    """
    check(asked.square)
    zoom = zoom_at(asked.layer, asked.square.zoom)
    if zoom is None or zoom.grid_m or (asked.layer.id, zoom.level) in generalised.kinds():
        return None
    return all_at_once(asked, zoom)


def fits(content: bytes, found: int, room: int = budget.MOST_BYTES) -> bool:
    """May a tile hold so much?"""
    return found <= budget.MOST_FEATURES and len(content) <= room


def _whole(asked: Asked, zoom: Zoom, room: int) -> bytes | None:
    """The tile with all that there is; None where that is too much, and what it keeps must be chosen."""
    with published.reading(asked.audience) as cursor:
        published.execute(cursor, all_at_once(asked, zoom))
        content, found = cursor.fetchone()
    return bytes(content) if fits(content, found, room) else None


def _cut(asked: Asked, room: int, names: list[str], rows: sql.Composed) -> tuple[bytes, int, int]:
    """As many of the rows as there is room for, the first of them, encoded; how many those are, and of how many found.

    One more found than wanted tells a crowd.
    """
    encoded = sql.SQL(
        "(SELECT coalesce(ST_AsMVT(t, {name}, {units}, 'geom'), '')"
        " FROM (SELECT {names}, geom FROM cut WHERE geom IS NOT NULL AND {which}) AS t)"
        " || (SELECT coalesce(ST_AsMVT(t, {label}, {units}, 'label'), '')"
        " FROM (SELECT {names}, label FROM cut WHERE label IS NOT NULL AND {which}) AS t)"
    )
    said: dict[str, sql.Composable] = {"names": published.named(names), "units": sql.Literal(budget.UNITS)}
    said |= {"name": sql.Literal(asked.layer.id), "label": sql.Literal(f"{asked.layer.id}.label")}
    sample = sql.SQL("v_nth % {} = 0").format(sql.Literal(budget.EACH))
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
        weight=budget.WEIGHT,
        few=sql.Literal(budget.FEW),
        sample=sample,
        sampled=encoded.format(which=sample, **said),
        most=sql.Literal(room),
        spare=sql.Literal(int(room * budget.SPARE)),
        all=encoded.format(which=sql.SQL("v_nth <= (SELECT number FROM room)"), **said),
    )
    with published.reading(asked.audience) as cursor:
        published.execute(cursor, statement)
        content, drawn, found = cursor.fetchone()
    return bytes(content or b""), drawn, found


def _rows(asked: Asked, zoom: Zoom, most: int, kind: Kind | None) -> Rows:
    if zoom.grid_m:
        return cells(asked, zoom, most, kind)
    if kind:
        return kept(kind, asked, most)
    return features(asked, zoom, most)
