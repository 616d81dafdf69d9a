"""Features for processes, as the feed writes them: SQL over the audience's published view, values as parameters."""

import json
from typing import Any

import shapely
from psycopg import sql

from gis import crs, published
from gis.features import Output
from gis.features.statements import feature
from gis.layers import Audience, Layer
from gis.values import Values

NOTHING = sql.SQL("NULL")


def features(
    layer: Layer,
    audience: Audience,
    condition: sql.Composable,
    values: Values,
    *,
    most: int,
    told: sql.Composable = NOTHING,
    geometry: bool = True,
) -> list[tuple[dict[str, Any], Any]]:
    """GeoJSON features of the view `t` that fulfil the condition, each with the value that is `told` of it beside.

    In the order of that value and of their ids. Raises what `published.reading` raises.
    """
    shown = tuple(published.properties(layer, audience))
    statement = sql.SQL("SELECT {}, {} AS told FROM {} AS t WHERE {} ORDER BY told, t.id LIMIT {}").format(
        feature(shown, Output(), geometry=geometry), told, published.view(layer, audience), condition, values(most)
    )
    rows = published.ask(audience, (statement.as_string(), values))
    return [(json.loads(text), said) for text, said in rows]


def hexed(geometry: Any, values: Values) -> sql.Composed:
    """SQL: a shapely geometry of EPSG:4326 as one parameter."""
    written = shapely.to_wkb(shapely.set_srid(geometry, crs.STORAGE_SRID), hex=True, include_srid=True)
    return sql.SQL("{}::geometry").format(values(str(written)))
