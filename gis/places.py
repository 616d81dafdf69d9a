"""One feature and what stands with it, read from the published views: what a card shows.

Everything goes through the view of the caller's audience, so a card cannot tell more than a tile or the feed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, LiteralString
from uuid import UUID

import shapely
from django.contrib.gis.geos import Point
from psycopg import sql

from gis import published
from gis.layers import Audience, Layer
from gis.measure import box_around

Box = tuple[float, float, float, float]

MOST_PER_LAYER = 6
# A finger's width at street zoom, in metres: how near a line or point must be to count as "here".
NEAR_M = 15


@dataclass(frozen=True)
class Found:
    """A published feature: declared fields by name, bounding box west, south, east, north in EPSG:4326.

    `authority` is the code of the one it belongs to; empty for layers that belong to nobody.
    """

    layer: Layer
    id: UUID
    values: dict[str, Any]
    box: Box | None
    authority: str = ""

    @property
    def point(self) -> tuple[float, float] | None:
        """Longitude and latitude, where the feature is a point."""
        if self.box is None or self.box[:2] != self.box[2:]:
            return None
        return self.box[:2]


def read(layer: Layer, feature_id: UUID, audience: Audience) -> Found | None:
    """The feature as this audience may see it; None where it does not exist for them."""
    query = sql.SQL("{} WHERE id = {}").format(columns(layer, audience), sql.Literal(feature_id))
    return next(_rows(layer, audience, query), None)


def shape(found: Found, audience: Audience) -> Any:
    """The feature's geometry as shapely has it, EPSG:4326; None where this audience sees none."""
    query = sql.SQL("SELECT ST_AsBinary(geom) FROM {} WHERE id = {}").format(
        published.view(found.layer, audience), sql.Literal(found.id)
    )
    with published.reading(audience) as cursor:
        published.execute(cursor, query)
        row = cursor.fetchone()
    return shapely.from_wkb(bytes(row[0])) if row and row[0] else None


def read_many(layer: Layer, ids: Iterable[UUID], audience: Audience) -> list[Found]:
    """Those of the features that exist for this audience, in the order asked for."""
    return read_each([(layer, ids)], audience)


def read_each(wanted: Iterable[tuple[Layer, Iterable[UUID]]], audience: Audience) -> list[Found]:
    """The same of several layers, one after the other, in a single journey to the database and back."""
    asked = [(layer, kept) for layer, ids in wanted if (kept := list(ids))]
    answers = _answers([(layer, "id", ids) for layer, ids in asked], audience)
    many: list[Found] = []
    for (_layer, ids), answer in zip(asked, answers, strict=True):
        found = {feature.id: feature for feature in answer}
        many += [found[feature_id] for feature_id in ids if feature_id in found]
    return many


def read_by_codes(layer: Layer, codes: Iterable[str], audience: Audience) -> dict[str, Found]:
    """The features of a layer that has a field "code", by their codes."""
    return {found.values["code"]: found for found in read_each_by_codes([(layer, codes)], audience)}


def read_each_by_codes(wanted: Iterable[tuple[Layer, Iterable[str]]], audience: Audience) -> list[Found]:
    """The same of several layers in a single journey, in no order."""
    asked = [(layer, "code", kept) for layer, codes in wanted if (kept := list(codes))]
    return [feature for answer in _answers(asked, audience) for feature in answer]


def _answers(asked: list[tuple[Layer, str, list[Any]]], audience: Audience) -> list[list[Found]]:
    """For each layer the features whose column has one of the values."""
    questions: list[published.Asked] = [
        (_having(layer.view, audience.schema, tuple(_names(layer, audience)), layer.owned, column), [values])
        for layer, column, values in asked
    ]
    answers = published.answers(audience, questions)
    return [list(found_of(layer, audience, rows)) for (layer, _column, _v), rows in zip(asked, answers, strict=True)]


def read_by_code(layer: Layer, code: str, audience: Audience) -> Found | None:
    """The feature of a layer that has a field "code", by that code."""
    return read_by_codes(layer, [code], audience).get(code)


def read_all(
    layer: Layer, audience: Audience, *, inside: Box | None = None, order: str = "id", most: int = 200
) -> list[Found]:
    """The first features of a small layer, in the order of a field; only those that meet a box, where one is given."""
    box = sql.SQL("ST_MakeEnvelope({}, 4326)").format(sql.SQL(", ").join(map(sql.Literal, inside or (0, 0, 0, 0))))
    condition = sql.SQL("WHERE geom && {}").format(box) if inside else sql.SQL("")
    query = sql.SQL("{} {} ORDER BY {}, id LIMIT {}").format(
        columns(layer, audience), condition, sql.Identifier(order), sql.Literal(most)
    )
    return list(_rows(layer, audience, query))


def at(lng: float, lat: float, audience: Audience, layers: Iterable[Layer]) -> list[Found]:
    """What stands at a place: areas that contain it, lines and points within a few metres."""
    point = Point(lng, lat, srid=4326)
    box = sql.SQL(", ").join(map(sql.Literal, box_around(point, NEAR_M).extent))
    condition = sql.SQL(
        "geom && ST_MakeEnvelope({box}, 4326) AND CASE WHEN ST_Dimension(geom) = 2 THEN ST_Intersects(geom, {point}) "
        "ELSE ST_DWithin(geom::geography, {point}::geography, {near}) END"
    ).format(box=box, point=sql.SQL("{}::geometry").format(sql.Literal(point.ewkt)), near=sql.Literal(NEAR_M))
    return _each(layers, audience, condition)


def containing(points: Iterable[tuple[float, float]], layer: Layer, audience: Audience) -> list[list[UUID]]:
    """For each point (longitude, latitude) the areas of a layer that it lies in."""
    asked = [list(point) for point in points]
    found: list[list[UUID]] = [[] for _point in asked]
    query = sql.SQL(
        "SELECT p.n, v.id FROM unnest({}::float8[], {}::float8[]) WITH ORDINALITY AS p(x, y, n),"
        " ST_SetSRID(ST_MakePoint(p.x, p.y), 4326) AS point JOIN {} AS v ON ST_Intersects(v.geom, point) ORDER BY v.id"
    ).format(*(sql.Literal([point[axis] for point in asked]) for axis in (0, 1)), published.view(layer, audience))
    with published.reading(audience) as cursor:
        published.execute(cursor, query)
        for place, feature_id in cursor.fetchall():
            found[place - 1].append(feature_id)
    return found


def together(found: Found, audience: Audience, layers: Iterable[Layer]) -> list[Found]:
    """What touches a feature: the parcel under a well, the addresses on a parcel."""
    if found.box is None:
        return []
    own = sql.SQL("(SELECT geom FROM {} WHERE id = {})").format(
        published.view(found.layer, audience), sql.Literal(found.id)
    )
    condition = sql.SQL("geom && {own} AND ST_Intersects(geom, {own})").format(own=own)
    others = (layer for layer in layers if layer is not found.layer)
    return _each(others, audience, condition)


def _each(layers: Iterable[Layer], audience: Audience, condition: sql.Composed) -> list[Found]:
    found: list[Found] = []
    for layer in layers:
        query = sql.SQL("{} WHERE {} LIMIT {}").format(columns(layer, audience), condition, sql.Literal(MOST_PER_LAYER))
        found.extend(_rows(layer, audience, query))
    return found


def columns(layer: Layer, audience: Audience) -> sql.SQL:
    """SELECT … FROM the layer's view AS v: what a feature is made of, to be narrowed by a WHERE."""
    return _columns(layer.view, audience.schema, tuple(_names(layer, audience)), layer.owned)


@cache
def _having(view: str, schema: str, names: tuple[str, ...], owned: bool, column: str) -> LiteralString:
    """The question for the features whose column has one of the values that stand for its %s."""
    query = sql.SQL("{} WHERE {} = ANY (%s)").format(_columns(view, schema, names, owned), sql.Identifier(column))
    return query.as_string()


@cache
def _columns(view: str, schema: str, names: tuple[str, ...], owned: bool) -> sql.SQL:
    """Put together once: quoting took longer than reading. The box is made once: a province is long to go through."""
    owner = sql.SQL("authority" if owned else "''")
    query = sql.SQL(
        "SELECT id, ST_XMin(its.box), ST_YMin(its.box), ST_XMax(its.box), ST_YMax(its.box), {}, {} FROM {} AS v"
        " CROSS JOIN LATERAL (SELECT ST_Envelope(v.geom) AS box OFFSET 0) AS its"
    ).format(owner, published.named(names), sql.Identifier(schema, view))
    return sql.SQL(query.as_string())


def _names(layer: Layer, audience: Audience) -> list[str]:
    return [field.name for field in layer.fields_for(audience)]


def _rows(layer: Layer, audience: Audience, query: sql.Composed) -> Iterator[Found]:
    with published.reading(audience) as cursor:
        published.execute(cursor, query)
        rows = cursor.fetchall()
    yield from found_of(layer, audience, rows)


def found_of(layer: Layer, audience: Audience, rows: Iterable[tuple[Any, ...]]) -> Iterator[Found]:
    """The features of rows that `columns` selects."""
    names = _names(layer, audience)
    for feature_id, west, south, east, north, authority, *values in rows:
        box = None if west is None else (west, south, east, north)
        yield Found(layer, feature_id, dict(zip(names, values, strict=True)), box, authority)
