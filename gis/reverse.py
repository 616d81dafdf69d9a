"""What is at a place: the nearest address within a stated distance, the plot, the street, the village, the provinces.

Which layers tell a place is declared (`Layer.locates`). Areas must contain the point; of points and lines the nearest
within reach count, found through the order of their index and measured on the ellipsoid (`gis.db.nearest`). What is
told of them is read through the view of the audience. Layers that keep their places coarse have no `locates`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import LiteralString

from psycopg import sql

from gis import places, published
from gis.db import nearest
from gis.layers import Audience, Layer, registry
from gis.places import Found

KINDS = ("house", "plot", "street", "locality", "city", "state")  # from the narrow to the wide

NEAREST = sql.SQL(
    "WITH n AS MATERIALIZED (SELECT id, metres FROM {near}(%(point)s::geometry, %(most)s) WHERE metres <= {reach})"
    " SELECT n.metres, r.* FROM n, LATERAL ({columns} WHERE v.id = n.id OFFSET 0) AS r ORDER BY n.metres, n.id"
)
# Officers see areas of their own that are not open: they ask their own view.
AROUND = sql.SQL(
    "SELECT 0::float8, r.* FROM ({columns} WHERE v.geom && %(point)s::geometry"
    " AND ST_Intersects(v.geom, %(point)s::geometry) ORDER BY v.id LIMIT %(most)s) AS r"
)


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
    given = {"point": f"SRID=4326;POINT({lng!r} {lat!r})", "most": most}
    answers = published.answers(audience, [(_question(layer.id, audience), given) for layer in asked])
    here = [
        Here(found, layer.locates, metres)
        for layer, rows in zip(asked, answers, strict=True)
        for (metres, *_rest), found in zip(
            rows, places.found_of(layer, audience, (row[1:] for row in rows)), strict=True
        )
    ]
    return sorted(here, key=lambda one: (KINDS.index(one.kind), one.metres))


@cache
def _question(layer_id: str, audience: Audience) -> LiteralString:
    """What a layer is asked, with {point} and {most} left open."""
    layer = registry[layer_id]
    form = AROUND if nearest.of_areas(layer) and audience is Audience.OFFICER else NEAREST
    query = form.format(
        columns=places.columns(layer, audience),
        near=sql.Identifier("pub", f"{layer.view}_near"),
        reach=sql.Literal(layer.locates_within_m),
    )
    return query.as_string()
