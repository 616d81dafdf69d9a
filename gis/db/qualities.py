"""Functions that tell how good a layer's data are, made from the layer declarations (schema pub).

`<view>_times()`: when the first and the newest version of its records were recorded, by the history.
`<view>_quality()`: a sample of what everybody sees of the layer, looked at now: PAGES pages of the table, which is all
of a small one, the same pages each time. Nothing is counted over a million rows for an answer.
"""

from typing import Any

from django.db import connections
from psycopg import sql

from gis.db.finders import FUNCTION
from gis.db.tracking import tracked_models
from gis.layers import PUBLIC, Audience, Layer, registry

PAGES = 300  # of eight kilobytes
MOST_ORIGINS = 20
TIMES = sql.SQL(
    "BEGIN RETURN jsonb_build_array((SELECT h.v_at FROM history.{table} AS h ORDER BY h.v_seq LIMIT 1),"
    " (SELECT h.v_at FROM history.{table} AS h ORDER BY h.v_seq DESC LIMIT 1)); END"
)
NEVER = sql.SQL("BEGIN RETURN '[null, null]'::jsonb; END")
QUALITY = sql.SQL(
    "DECLARE pages float8 := pg_relation_size('public.{table}'::regclass) / current_setting('block_size')::int;"
    " share float8 := least(1, {pages} / greatest(pages, 1)); ids uuid[]; told jsonb; found jsonb; BEGIN"
    " ids := ARRAY(SELECT t.id FROM public.{table} AS t TABLESAMPLE SYSTEM (share * 100) REPEATABLE (1));"
    " SELECT jsonb_build_object('share', share, 'rows', count(*), 'placed', count(v.geom), 'fields',"
    " jsonb_build_object({fields})) INTO told FROM pub.{view} AS v WHERE v.id = ANY (ids);"
    " SELECT coalesce(jsonb_agg(to_jsonb(g) ORDER BY g.rows DESC, g.system), '[]') INTO found FROM ("
    "SELECT n.system, n.accuracy_m, count(*) AS rows FROM (SELECT DISTINCT ON (o.record_id) t.system, t.accuracy_m"
    " FROM public.spatial_origin AS o JOIN public.spatial_transformation AS t ON t.id = o.transformation_id"
    ' WHERE o.record_id = ANY (ids) AND o."table" = {name} AND EXISTS (SELECT FROM pub.{view} AS v'
    " WHERE v.id = o.record_id) ORDER BY o.record_id, o.recorded_at DESC) AS n"
    " GROUP BY 1, 2 ORDER BY 3 DESC LIMIT {most}) AS g;"
    " RETURN told || jsonb_build_object('origins', found,"
    " 'guarded', EXISTS (SELECT FROM pg_constraint AS c WHERE c.conrelid = 'public.{table}'::regclass"
    " AND c.contype = 'c' AND c.convalidated AND pg_get_constraintdef(c.oid) LIKE '%gis_sound(%'),"
    " 'quarantined', (SELECT count(*) FROM public.spatial_quarantine AS q"
    " JOIN public.spatial_importrun AS r ON r.id = q.run_id"
    " WHERE r.layer = {layer} AND q.state = 'open' AND NOT r.dry)); END"
)


def times(layer: Layer) -> sql.Identifier:
    return sql.Identifier(PUBLIC.schema, f"{layer.view}_times")


def quality(layer: Layer) -> sql.Identifier:
    return sql.Identifier(PUBLIC.schema, f"{layer.view}_quality")


def install(using: str) -> None:
    """Bring the functions in line with the declarations."""
    kept = {model._meta.db_table for model in tracked_models()}
    with connections[using].cursor() as cursor:
        for layer in registry:
            if layer.base_map:
                continue
            told = TIMES.format(table=sql.Identifier(layer.table)) if layer.table in kept else NEVER
            _make(cursor, times(layer), told)
            _make(cursor, quality(layer), _sampling(layer))


def _make(cursor: Any, name: sql.Identifier, body: sql.Composable) -> None:
    statement = FUNCTION.format(
        name=name,
        arguments=sql.SQL(""),
        answer=sql.SQL("jsonb"),
        language=sql.SQL("plpgsql"),
        settings=sql.SQL(""),
        body=body,
    )
    cursor.execute(statement.as_string(cursor.cursor))


def _sampling(layer: Layer) -> sql.Composed:
    """Of each field, how many of the sample say something: neither nothing nor an empty text."""
    names = (field.name for field in layer.fields_for(Audience.PUBLIC))
    fields = (
        sql.SQL("{}, count(*) FILTER (WHERE v.{}::text <> '')").format(sql.Literal(name), sql.Identifier(name))
        for name in names
    )
    return QUALITY.format(
        table=sql.Identifier(layer.table),
        view=sql.Identifier(layer.view),
        pages=sql.Literal(PAGES),
        fields=sql.SQL(", ").join(fields),
        name=sql.Literal(layer.table),
        most=sql.Literal(MOST_ORIGINS),
        layer=sql.Literal(layer.id),
    )
