"""Where a question looks: at the layer of today, at that of other days, or at what was recorded at a past moment."""

from psycopg import sql

from gis import published
from gis.db import dated
from gis.db.past import past_schema
from gis.layers import Audience, Layer

from .query import Query


def view(layer: Layer, audience: Audience, query: Query) -> sql.Identifier:
    """The view to ask; that of the past is asked within `gis.history.looking_at`."""
    if query.past is not None:
        return sql.Identifier(past_schema(audience), layer.view)
    if query.days is not None:
        return sql.Identifier(audience.schema, dated.name(layer))
    return published.view(layer, audience)
