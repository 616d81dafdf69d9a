"""`<view>_near` (schema pub): the rows nearest to a place with their metres, for layers of points and lines that tell
where it is (`gis.reverse`).

The order of distance does not reach the index through the barrier of a view, so the function stands behind it, and
gives nothing but ids and metres of rows that everybody may see.
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


def layers() -> list[Layer]:
    """Those that have the function."""
    return [layer for layer in registry if layer.locates and layer.geometry_type(Audience.PUBLIC) not in AREAS]


def functions(connection: BaseDatabaseWrapper) -> Iterator[sql.Composed]:
    """The function of each layer. Plans are kept for the session: planning takes longer than finding."""
    for layer in layers():
        rows = finders.open_rows(layer).values_list("pk", layer.geometry_for(Audience.PUBLIC))
        text, params = rows.query.sql_with_params()
        yield finders.FUNCTION.format(
            name=sql.Identifier("pub", f"{layer.view}_near"),
            arguments=sql.SQL("spot geometry, most integer"),
            answer=sql.SQL("TABLE (id uuid, metres double precision)"),
            language=sql.SQL("plpgsql"),
            settings=sql.SQL("SET plan_cache_mode = force_generic_plan SET enable_seqscan = off"),
            body=NEAR.format(rows=composed(connection, text, params), few=sql.Literal(CANDIDATES)),
        )
