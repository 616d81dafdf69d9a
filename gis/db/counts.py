"""Functions that tell how many features everybody sees of a layer, made from the layer declarations.

`<view>_count` (schema pub): the number that was counted last (`gis.counting`) and what has changed since, by the
history: of each record that changed, whether it is one now and whether it was one then. NULL where that cannot be said:
nothing was counted this day, the database was restored and written to since, another table that decides has changed, or
very much has.
"""

from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

from gis.db.finders import FUNCTION, open_rows
from gis.db.literal import composed
from gis.db.past import reading_from
from gis.db.publish import stamp_of
from gis.db.tracking import tracked_models
from gis.layers import Layer, registry

MANY = 500  # changed records that are looked at for one answer
UNKNOWN = sql.SQL("BEGIN RETURN NULL; END")
CHANGED = sql.SQL(
    "EXISTS (SELECT FROM history.{table} WHERE v_xid >= pg_snapshot_xmin(place.seen) AND v_era = place.era"
    " AND NOT pg_visible_in_snapshot(v_xid, place.seen))"
)
COUNT = sql.SQL(
    "DECLARE place record; late uuid[]; BEGIN"
    " SELECT c.number, c.era, c.seen::pg_snapshot AS seen INTO place FROM public.spatial_count AS c"
    " WHERE c.layer = {layer} AND c.stamp = {stamp} AND c.day = public.gis_today()"
    " AND c.era = (SELECT coalesce(max(e.number), 1) FROM history.era AS e);"
    " IF NOT FOUND {others} THEN RETURN NULL; END IF;"
    " late := ARRAY(SELECT DISTINCT l.id FROM (SELECT h.id FROM history.{table} AS h"
    " WHERE h.v_xid >= pg_snapshot_xmin(place.seen) AND h.v_era = place.era"
    " AND NOT pg_visible_in_snapshot(h.v_xid, place.seen) LIMIT {many}) AS l);"
    " IF late = '{{}}' THEN RETURN place.number; END IF;"
    " IF cardinality(late) = {many} THEN RETURN NULL; END IF;"
    " RETURN place.number + (SELECT count(*) FROM ({now}) AS v(id) WHERE v.id = ANY (late))"
    " - (SELECT count(*) FROM ({then}) AS v(id)); END"
)
# The versions that were the newest when it was counted.
THEN = (
    "(SELECT * FROM (SELECT DISTINCT ON (h.id) h.* FROM history.{table} AS h WHERE h.id = ANY (late) AND"
    " (h.v_era < place.era OR pg_visible_in_snapshot(h.v_xid, place.seen)) ORDER BY h.id, h.v_seq DESC) AS n"
    " WHERE n.v_op <> 'D')"
)


def install(using: str) -> None:
    """Bring the functions in line with the views and the histories."""
    connection = connections[using]
    tracked = {model._meta.db_table for model in tracked_models()}
    with connection.cursor() as cursor:
        for layer in registry:
            statement = FUNCTION.format(
                name=sql.Identifier("pub", f"{layer.view}_count"),
                arguments=sql.SQL(""),
                answer=sql.SQL("bigint"),
                language=sql.SQL("plpgsql"),
                settings=sql.SQL("SET plan_cache_mode = force_generic_plan"),
                body=_body(connection, cursor, layer, tracked),
            )
            cursor.execute(statement.as_string(cursor.cursor))


def _body(connection: BaseDatabaseWrapper, cursor: Any, layer: Layer, tracked: set[str]) -> sql.Composable:
    rows = open_rows(layer).values_list("pk")
    text, params = rows.query.sql_with_params()
    now = composed(connection, text, params).as_string()
    deciding = {str(table.table_name) for table in rows.query.alias_map.values()}
    if not deciding <= tracked:
        return UNKNOWN
    table = f'"{layer.table}"'
    changed = (CHANGED.format(table=sql.Identifier(other)) for other in sorted(deciding - {layer.table}))
    return COUNT.format(
        layer=sql.Literal(layer.id),
        stamp=sql.Literal(stamp_of(cursor, layer) or ""),
        table=sql.Identifier(layer.table),
        others=sql.SQL("").join(sql.SQL(" OR {}").format(one) for one in changed),
        many=sql.Literal(MANY),
        now=sql.SQL(now),
        then=sql.SQL(reading_from(now, {layer.table: THEN.format(table=table)}, only_outer=True)),
    )
