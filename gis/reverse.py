"""What is at a place: the nearest address within a stated distance, the plot, the street, the village, the provinces.

Which layers tell a place is declared (`Layer.locates`). Areas must contain the point; of points and lines the nearest
within reach count, found through the order of their index and measured on the ellipsoid (`gis.db.nearest`). What is
told of them is read through the view of the audience. Layers that keep their places coarse have no `locates`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from psycopg import sql

from gis import places, published
from gis.db import nearest
from gis.layers import Audience, Layer, registry
from gis.places import Found

KINDS = ("house", "plot", "street", "locality", "city", "state")  # from the narrow to the wide

# Each part gives its rows as (layer, id, metres); the point is a constant in each, so that indexes take it.
CONTAINS = sql.SQL(
    "(SELECT {layer}, id, 0::float8 FROM {view} WHERE geom && {point} AND ST_Intersects(geom, {point}) ORDER BY id"
    " LIMIT {most})"
)
NEAREST = sql.SQL("(SELECT {layer}, id, metres FROM {near}({point}, {most}) WHERE metres <= {reach})")


@dataclass(frozen=True)
class Here:
    """A feature that tells where a point is, how it does (`kind`, of KINDS) and how far it is: 0 around the point."""

    found: Found
    kind: str
    metres: float


def at(
    lng: float, lat: float, audience: Audience, *, most: int = 1, layers: Iterable[Layer] | None = None
) -> list[Here]:
    """What tells where the point is, the narrowest first; up to `most` of each kind."""
    asked = [layer for layer in (registry if layers is None else layers) if layer.locates]
    if not asked:
        return []
    point = sql.SQL("{}::geometry").format(sql.Literal(f"SRID=4326;POINT({lng!r} {lat!r})"))
    query = _question(tuple(layer.id for layer in asked), audience).format(point=point, most=sql.Literal(most))
    with published.reading(audience) as cursor:
        published.execute(cursor, query)
        rows: list[tuple[str, UUID, float]] = cursor.fetchall()
    metres = {(name, one): far for name, one, far in rows}
    found = places.read_each(((layer, [one for name, one in metres if name == layer.id]) for layer in asked), audience)
    here = [Here(one, one.layer.locates, metres[one.layer.id, one.id]) for one in found]
    return sorted(here, key=lambda one: (KINDS.index(one.kind), one.metres))


@lru_cache(maxsize=256)  # layers are named by whoever asks, in any order
def _question(layers: tuple[str, ...], audience: Audience) -> sql.SQL:
    """What all layers are asked at once, with {point} and {most} left open. Putting it together takes longer than
    the answer where nothing is."""
    near = nearest.layers()
    parts = [_part(registry[one], audience, NEAREST if registry[one] in near else CONTAINS) for one in layers]
    return sql.SQL(sql.SQL(" UNION ALL ").join(parts).as_string())


def _part(layer: Layer, audience: Audience, asked: sql.SQL) -> sql.Composed:
    return asked.format(
        layer=sql.Literal(layer.id),
        view=published.view(layer, audience),
        point=sql.SQL("{point}"),
        most=sql.SQL("{most}"),
        near=sql.Identifier("pub", f"{layer.view}_near"),
        reach=sql.Literal(layer.locates_within_m),
    )
