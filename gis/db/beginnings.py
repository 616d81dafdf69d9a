"""`<view>_begins()` (schema own: officers read the past): since when the changes of a layer's records are kept.

NULL where they are not.
"""

from django.db import connections
from psycopg import sql

from gis.db.finders import FUNCTION
from gis.db.tracking import tracked_models
from gis.layers import Layer, registry

FIRST = sql.SQL("BEGIN RETURN (SELECT h.v_at FROM history.{} AS h ORDER BY h.v_seq LIMIT 1); END")
NEVER = sql.SQL("BEGIN RETURN NULL; END")


def reader(layer: Layer) -> sql.Identifier:
    return sql.Identifier("own", f"{layer.view}_begins")


def install(using: str) -> None:
    """Bring the functions in line with the declarations."""
    kept = {model._meta.db_table for model in tracked_models()}
    with connections[using].cursor() as cursor:
        for layer in registry:
            statement = FUNCTION.format(
                name=reader(layer),
                arguments=sql.SQL(""),
                answer=sql.SQL("timestamptz"),
                language=sql.SQL("plpgsql"),
                settings=sql.SQL(""),
                body=FIRST.format(sql.Identifier(layer.table)) if layer.table in kept else NEVER,
            )
            cursor.execute(statement.as_string(cursor.cursor))
