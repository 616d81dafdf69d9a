"""Functions that let outlets page and search quickly, made from the layer declarations.

The published views keep a caller's conditions behind a barrier, and with them every index but the leakproof ones: a
view of a million rows can be neither read in the order of ids nor searched. So each layer has functions that run as
the checker role inside the barrier, take nothing but an id or folded words, and return only ids of rows that the
audience may see. What is shown is then read from the view by these ids.

`<view>_after` (schema pub): the next ids. `<view>_find` (`gis.db.finders`; schemas pub, agency, own): ids by words,
with a score. `<view>_near` (`gis.db.nearest`; schema pub): ids by distance.
"""

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

from gis.db import documents, finders, nearest
from gis.db.literal import composed
from gis.layers import Audience, Layer, registry

AFTER = sql.SQL("SELECT v.id FROM ({rows}) AS v(id) WHERE v.id > after ORDER BY v.id LIMIT most")


# What stands there of ours, with the transaction that wrote it.
STANDING = (
    "SELECT oid::regprocedure::text, xmin::text FROM pg_proc WHERE pronamespace = ANY"
    " (ARRAY['pub', 'agency', 'own']::regnamespace[]) AND proname ~ '(_after|_find|_near|^search(_layer)?)$'"
)


def install(using: str) -> None:
    """Bring the functions in line with the declarations; readers of the running server notice nothing.

    Those of an earlier release that were asked otherwise, or not any more, go in the same transaction.
    """
    connection = connections[using]
    documents.install(using)
    with transaction.atomic(using=using), connection.cursor() as cursor:
        cursor.execute(STANDING)
        before = set(cursor.fetchall())
        made = [_after(connection, layer) for layer in registry]
        for statement in (*made, *finders.functions(connection), *nearest.functions(connection)):
            cursor.execute(statement.as_string(cursor.cursor))
        cursor.execute(STANDING)
        for signature, _written in before.intersection(cursor.fetchall()):
            cursor.execute(f"DROP FUNCTION {signature}")


def finds(layer: Layer, audience: Audience) -> bool:
    """Is there anything of the layer that this audience may look for?"""
    return bool(documents.searched(layer, audience))


def _after(connection: BaseDatabaseWrapper, layer: Layer) -> sql.Composed:
    """The ids that come next in the public view. Agencies see the same rows."""
    text, params = finders.open_rows(layer).values_list("pk").query.sql_with_params()
    return finders.FUNCTION.format(
        name=sql.Identifier("pub", f"{layer.view}_after"),
        arguments=sql.SQL("after uuid, most integer"),
        answer=sql.SQL("SETOF uuid"),
        language=sql.SQL("sql"),
        settings=sql.SQL(""),
        body=AFTER.format(rows=composed(connection, text, params)),
    )
