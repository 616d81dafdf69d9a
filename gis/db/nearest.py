"""`<view>_near` (schema pub): the rows at or nearest to a place with their metres, for layers that tell where it is
(`gis.reverse`). Of areas those that contain the place, at 0 m.

Neither the order of distance nor a kept plan goes well with the barrier of a view, so the function stands behind it,
and gives nothing but ids and metres of rows that everybody may see.
"""

from collections.abc import Iterator

from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

from gis.db import finders
from gis.db.literal import composed
from gis.layers import Audience, Layer, registry

AREAS = ("POLYGON", "MULTIPOLYGON")

# By degrees the nearest is not always the nearest by metres: of CANDIDATES the metres are taken.
CANDIDATES = 8
NEAR = sql.SQL(
    "#variable_conflict use_column\nBEGIN RETURN QUERY SELECT n.id, ST_Distance(n.geom::geography, spot::geography)"
    " FROM (SELECT v.id, v.geom FROM ({rows}) AS v(id, geom) ORDER BY v.geom <-> spot LIMIT greatest(most, {few})) AS n"
    " ORDER BY 2, 1 LIMIT most; END"
)
AROUND = sql.SQL(
    "#variable_conflict use_column\nBEGIN RETURN QUERY SELECT v.id, 0::float8 FROM ({rows}) AS v(id, geom)"
    " WHERE v.geom && spot AND ST_Intersects(v.geom, spot) ORDER BY v.id LIMIT most; END"
)


def layers() -> list[Layer]:
    """Those that have the function."""
    return [layer for layer in registry if layer.locates]


def of_areas(layer: Layer) -> bool:
    return layer.geometry_type(Audience.PUBLIC) in AREAS


def functions(connection: BaseDatabaseWrapper) -> Iterator[sql.Composed]:
    """The function of each layer. Plans are kept for the session: planning takes longer than finding."""
    for layer in layers():
        rows = finders.open_rows(layer).values_list("pk", layer.geometry_for(Audience.PUBLIC))
        text, params = rows.query.sql_with_params()
        body = AROUND if of_areas(layer) else NEAR
        yield finders.FUNCTION.format(
            name=sql.Identifier("pub", f"{layer.view}_near"),
            arguments=sql.SQL("spot geometry, most integer"),
            answer=sql.SQL("TABLE (id uuid, metres double precision)"),
            language=sql.SQL("plpgsql"),
            settings=sql.SQL("SET plan_cache_mode = force_generic_plan SET enable_seqscan = off"),
            body=body.format(rows=composed(connection, text, params), few=sql.Literal(CANDIDATES)),
        )
