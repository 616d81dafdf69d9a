"""Distance as a gentle part of the ranking: what is near wins among things that answer alike, and never over a better
answer. At the place asked from it adds NEARBY to the score, at HALF_M half of that; an exact word is worth more."""

from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from psycopg import sql

from gis import published
from gis.layers import Audience, registry
from gis.measure import distance_m

NEARBY = 0.15
HALF_M = 5_000.0


class Scored(NamedTuple):
    """A feature of a layer and how well it answers."""

    layer: str
    id: UUID
    score: float


def ranked(scored: list[Scored], near: tuple[float, float], audience: Audience) -> list[Scored]:
    """The same by score and distance, the best first."""
    metres = {one: distance_m(near, point) for one, point in _points(scored, audience).items()}
    nearer = [
        Scored(layer, one, score + (NEARBY / (1 + metres[layer, one] / HALF_M) if (layer, one) in metres else 0))
        for layer, one, score in scored
    ]
    return sorted(nearer, key=lambda one: (-one.score, one.layer, one.id))


def _points(scored: Iterable[Scored], audience: Audience) -> dict[tuple[str, UUID], tuple[float, float]]:
    """The middles of the features' boxes, as the audience sees them: a place that is kept coarse stays so."""
    parts = [
        sql.SQL("SELECT {}, id, ST_X(ST_Centroid(ST_Envelope(geom))), ST_Y(ST_Centroid(ST_Envelope(geom))) FROM {}"
                " WHERE id = ANY ({}) AND NOT ST_IsEmpty(geom)").format(
            sql.Literal(layer), published.view(registry[layer], audience), sql.Literal([one.id for one in ones])
        )
        for layer, ones in groupby(sorted(scored), key=lambda one: one.layer)
    ]  # fmt: skip
    if not parts:
        return {}
    with published.reading(audience) as cursor:
        published.execute(cursor, sql.SQL(" UNION ALL ").join(parts))
        return {(layer, one): (lng, lat) for layer, one, lng, lat in cursor.fetchall()}
