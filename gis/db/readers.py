"""Functions and indexes that let outlets page and search quickly, made from the layer declarations.

The published views keep a caller's conditions behind a barrier, and with them every index but the leakproof ones: a
view of a million rows can be neither read in the order of ids nor searched. So each layer has functions that run as
the checker role inside the barrier, take nothing but an id or folded words, and return only ids of rows that the
audience may see. What is shown is then read from the view by these ids.

`<view>_after` (schema pub): the next ids. `<view>_find` (`gis.db.finders`; schemas pub, agency, own): ids by likeness,
with a score.
"""

from collections.abc import Iterator
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet
from psycopg import sql

from gis.db import finders
from gis.db.literal import composed
from gis.layers import Audience, Layer, registry

INDEX = "find_"

FUNCTION = sql.SQL(
    "CREATE OR REPLACE FUNCTION {name}({arguments}) RETURNS {answer} LANGUAGE {language} STABLE SECURITY DEFINER"
    " SET search_path = pg_catalog, public, pg_temp {settings} AS $made${body}$made$;"
    " REVOKE ALL ON FUNCTION {name} FROM PUBLIC"
)
AFTER = sql.SQL("SELECT v.id FROM ({rows}) AS v(id) WHERE v.id > after ORDER BY v.id LIMIT most")
# Likeness by its trigrams; sameness by a tree, which finds one of a hundred runs of words where trigrams take a second.
LIKE = sql.SQL("CREATE INDEX IF NOT EXISTS {name} ON {table} USING gin (gis_norm_ar({column}::text) gin_trgm_ops)")
SAME = sql.SQL('CREATE INDEX IF NOT EXISTS {name} ON {table} ("left"(gis_norm_ar({column}::text), {longest}))')
# Functions of this name with other arguments are an earlier release's.
OLDER = "SELECT oid::regprocedure::text FROM pg_proc WHERE proname LIKE '%%\\_find' AND pronargs <> %s AND pronamespace"
OLDER += " IN (to_regnamespace('pub'), to_regnamespace('agency'), to_regnamespace('own'))"


def install(using: str) -> None:
    """Bring the functions and indexes in line with the declarations."""
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(OLDER, [len(finders.ARGUMENTS)])
        for (signature,) in cursor.fetchall():
            cursor.execute(f"DROP FUNCTION {signature}")
        for statement in _functions(connection):
            cursor.execute(statement.as_string(cursor.cursor))
        wanted = _indexes()
        cursor.execute(
            "SELECT indexname FROM pg_indexes WHERE starts_with(indexname, %s) AND indexname <> ALL (%s)",
            [INDEX, list(wanted)],
        )
        for (name,) in cursor.fetchall():
            cursor.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)).as_string(cursor.cursor))
        for statement in wanted.values():
            cursor.execute(statement.as_string(cursor.cursor))


def finds(layer: Layer, audience: Audience) -> bool:
    """Is there anything of the layer that this audience may look for?"""
    return bool(finders.searched(layer, audience))


def _indexes() -> dict[str, sql.Composed]:
    """Two indexes for every column that search looks into, whichever layers share it."""
    found = {}
    for layer in registry:
        for field in finders.searched(layer, Audience.OFFICER):
            for path in finders.paths(field):
                table, column = finders.end(layer, path)
                for ending, statement in (("", LIKE), ("_same", SAME)):
                    found[f"{INDEX}{table}_{column}{ending}"] = statement.format(
                        name=sql.Identifier(f"{INDEX}{table}_{column}{ending}"),
                        table=sql.Identifier(table),
                        column=sql.Identifier(column),
                        longest=sql.Literal(finders.LONGEST),
                    )
    return found


def _functions(connection: BaseDatabaseWrapper) -> Iterator[sql.Composed]:
    for layer in registry:
        yield _after(connection, layer)
        for schema, audience in (("pub", Audience.PUBLIC), ("agency", Audience.AGENCY), ("own", Audience.OFFICER)):
            if finds(layer, audience) and (schema != "own" or layer.owned):
                yield _find(connection, layer, schema, audience)


def _after(connection: BaseDatabaseWrapper, layer: Layer) -> sql.Composed:
    """The ids that come next in the public view. Agencies see the same rows."""
    text, params = _open(layer).values_list("pk").query.sql_with_params()
    return FUNCTION.format(
        name=sql.Identifier("pub", f"{layer.view}_after"),
        arguments=sql.SQL("after uuid, most integer"),
        answer=sql.SQL("SETOF uuid"),
        language=sql.SQL("sql"),
        settings=sql.SQL(""),
        body=AFTER.format(rows=composed(connection, text, params)),
    )


def _find(connection: BaseDatabaseWrapper, layer: Layer, schema: str, audience: Audience) -> sql.Composed:
    rows = layer.rows().order_by() if schema == "own" else _open(layer)
    return FUNCTION.format(
        name=sql.Identifier(schema, f"{layer.view}_find"),
        arguments=sql.SQL(", ".join(f"{name} {kind}" for name, kind in finders.ARGUMENTS.items())),
        answer=sql.SQL("TABLE (id uuid, score real)"),
        # Planned once a session: to plan all layers for the very words takes five times what finding takes. For words
        # not known yet a walk over the whole table, or along its key, looks cheap beside the index; so does folding,
        # because PostgreSQL inlines it. Of bitmaps none is a walk.
        language=sql.SQL("plpgsql"),
        settings=sql.SQL(
            "SET plan_cache_mode = force_generic_plan"
            " SET enable_seqscan = off SET enable_indexscan = off SET enable_indexonlyscan = off"
        ),
        body=sql.SQL("#variable_conflict use_column\nBEGIN RETURN QUERY {}; END").format(
            finders.body(connection, layer, rows, audience, own=schema == "own")
        ),
    )


def _open(layer: Layer) -> QuerySet[Any]:
    rows = layer.rows().order_by()
    return rows.filter(layer.open_rows) if layer.open_rows is not None else rows
