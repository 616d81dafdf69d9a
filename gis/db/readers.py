"""Functions that let outlets page and search quickly, made from the layer declarations.

The published views keep a caller's conditions behind a barrier, and with them every index but the leakproof ones: a
view of a million rows can be neither read in the order of ids nor searched. So each layer has functions that run as
the checker role inside the barrier, take nothing but an id or folded words, and return only ids of rows that the
audience may see. What is shown is then read from the view by these ids.

`<view>_after` (schema pub): the next ids. `<view>_page` (schema pub): the next features as GeoJSON, as the public sees
them; what is asked most is one scan, and its plan is made once for a session. `<view>_find` (`gis.db.finders`; schemas
pub, agency, own): ids by words, with a score. `<view>_said` (`gis.db.sayings`; the same schemas): all of them, by id.
`<view>_near` (`gis.db.nearest`; schema pub): ids by distance.
"""

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

from gis import published
from gis.db import documents, finders, nearest, publish, sayings
from gis.db.literal import composed
from gis.features import statements
from gis.features.query import MOST_TEXT, PART, Output
from gis.layers import Audience, Layer, registry

# A plan that knows the numbers is made anew for each call, which takes longer than the scan.
KEPT_PLAN = sql.SQL("SET plan_cache_mode = force_generic_plan SET enable_sort = off")
AFTER = sql.SQL(
    "BEGIN RETURN QUERY SELECT v.id FROM ({rows}) AS v(id) WHERE v.id > after ORDER BY v.id"
    " LIMIT most OFFSET skipped; END"
)
# A short page is one scan, of one feature more: that tells whether others follow. A long one is made part by part, so
# that a page of giants is left before it fills the memory.
PAGE = sql.SQL(
    "#variable_conflict use_column\nDECLARE part record; got bigint := 0; said text; texts text[]; ids uuid[]; BEGIN"
    " IF most < {part} THEN SELECT array_agg(f.said), array_agg(f.id) INTO texts, ids FROM ({features} most + 1) AS t)"
    " AS f; got := coalesce(least(cardinality(ids), most), 0);"
    " RETURN QUERY SELECT array_to_string(texts[1:most], ','), got, coalesce(cardinality(ids) > most, false),"
    " coalesce(ids[got], after); RETURN; END IF; LOOP"
    " SELECT string_agg(f.said, ',') AS said, count(*) AS number, (array_agg(f.id))[count(*)] AS last INTO part"
    " FROM ({features} least(most - got, {part})) AS t) AS f;"
    " EXIT WHEN part.number = 0; got := got + part.number; after := part.last;"
    " said := CASE WHEN said IS NULL THEN part.said ELSE said || ',' || part.said END;"
    " EXIT WHEN got >= most OR octet_length(said) > {bytes}; END LOOP;"
    # By the order of ids too: the first that any scan meets may be at the other end of the table.
    " RETURN QUERY SELECT said, got, coalesce((SELECT true FROM ({rows}) AS v({names}) WHERE v.id > after"
    " ORDER BY v.id LIMIT 1), false), after; END"
)
FEATURES = sql.SQL(
    "SELECT t.id, {feature} AS said FROM (SELECT v.* FROM ({rows}) AS v({names}) WHERE v.id > after ORDER BY v.id LIMIT"
)
FROM_HERE = sql.SQL("after uuid, most integer")
# What lies before a far page is counted off in the scan: no row of it leaves the function.
SKIPPING = sql.SQL("{}, skipped integer").format(FROM_HERE)
PAGED = sql.SQL("TABLE (text text, returned bigint, more boolean, last uuid)")


# What stands there of ours, with the transaction that wrote it.
STANDING = (
    "SELECT oid::regprocedure::text, xmin::text FROM pg_proc WHERE pronamespace = ANY"
    " (ARRAY['pub', 'agency', 'own']::regnamespace[]) AND proname ~"
    " '(_after|_page|_find|_said|_near|^search(_layer)?)$'"
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
        made = [function(connection, layer) for layer in registry for function in (_after, _page)]
        for statement in (
            *made,
            *finders.functions(connection),
            *sayings.functions(connection),
            *nearest.functions(connection),
        ):
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
    return _made(layer, "after", sql.SQL("SETOF uuid"), AFTER.format(rows=composed(connection, text, params)), SKIPPING)


def _page(connection: BaseDatabaseWrapper, layer: Layer) -> sql.Composed:
    """The next features as the public view shows them: made of the same query, inside the barrier."""
    names = publish.columns(layer, Audience.PUBLIC)
    view = {
        "rows": sql.SQL(publish.select(connection, layer, Audience.PUBLIC, open_only=True)),
        "names": published.named(names),
    }
    said = tuple(name for name in names if name not in ("id", "geom"))
    features = FEATURES.format(feature=statements.feature(said, Output()), **view)
    body = PAGE.format(features=features, part=sql.Literal(PART), bytes=sql.Literal(MOST_TEXT), **view)
    return _made(layer, "page", PAGED, body)


def _made(
    layer: Layer, name: str, answer: sql.Composable, body: sql.Composable, arguments: sql.Composable = FROM_HERE
) -> sql.Composed:
    return finders.FUNCTION.format(
        name=sql.Identifier("pub", f"{layer.view}_{name}"),
        arguments=arguments,
        answer=answer,
        language=sql.SQL("plpgsql"),
        settings=KEPT_PLAN,
        body=body,
    )
