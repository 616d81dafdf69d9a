"""Functions that tell when a layer last changed for its reader, made from the layer declarations.

`<view>_changed()` (schemas pub, agency, own, keyed) answers "SECOND STATE": Unix time of the newest change that the
change log tells this reader, one look at its index, and of other tables behind the view that everybody reads whole. The
rest is told by the day: other tables, of which the reader may see little, and where a layer hides places its changes.
STATE is "settled" where nothing that the reader could see is newer, "open" while somebody is at writing, who may have
begun earlier, "day" where only the day is told. NULL where no history is kept.
"""

from datetime import UTC, datetime

from django.conf import settings
from django.db import connections
from psycopg import sql

from gis.db import keyed
from gis.db.finders import FUNCTION
from gis.db.generalised import tables_of
from gis.db.past import changes_schema, hides_places
from gis.db.tracking import tracked_models
from gis.layers import Audience, Layer, registry

SCHEMAS = ("pub", "agency", "own")
LOOKED = 200  # versions that are looked at for one that the reader sees; beyond them only the day is told
TODAY = "(gis_today|statement_timestamp|now)\\("
# A snapshot tells of nobody who began to write after the last commit, so sessions at writing are asked for themselves;
# not where nothing has changed for a day, as no writer of ours takes that long.
# All that is read is read by one statement, and whether somebody is at writing is first asked of the snapshot's ends:
# each statement more within a function takes longer than the look at the index.
BODY = sql.SQL(
    "DECLARE newest timestamptz; shown timestamptz; others timestamptz; told timestamptz; known boolean := {exact};"
    " BEGIN SELECT (SELECT c.v_at FROM"
    " (SELECT h.v_seq {owner} FROM history.{table} AS h ORDER BY h.v_seq DESC LIMIT {looked}) AS n,"
    " LATERAL ({seen}) AS c ORDER BY n.v_seq DESC LIMIT 1), {public}, {others} INTO newest, shown, others;"
    " IF newest IS NULL THEN known := false;"
    " SELECT date_trunc('day', h.v_at) INTO newest FROM history.{table} AS h ORDER BY h.v_seq DESC LIMIT 1; END IF;"
    " newest := greatest(newest, {made}::timestamptz, {today}, shown);"
    " known := known AND (others IS NULL OR others + interval '1 day' <= clock_timestamp());"
    " told := greatest(newest, others + CASE WHEN known THEN interval '1 day' ELSE interval '0' END);"
    " IF NOT known THEN RETURN floor(extract(epoch FROM told))::bigint || ' day'; END IF;"
    " IF told + interval '1 day' > clock_timestamp() AND EXISTS (SELECT FROM pg_stat_get_activity(NULL) AS a"
    " WHERE a.backend_xid IS NOT NULL AND a.pid <> pg_backend_pid() AND a.datid ="
    " (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database()))"
    " THEN RETURN floor(extract(epoch FROM told))::bigint || ' open'; END IF;"
    " IF pg_snapshot_xmin(pg_current_snapshot()) = pg_snapshot_xmax(pg_current_snapshot())"
    " THEN RETURN floor(extract(epoch FROM told))::bigint || ' settled'; END IF;"
    " RETURN floor(extract(epoch FROM told))::bigint || CASE"
    " WHEN EXISTS (SELECT FROM pg_snapshot_xip(pg_current_snapshot()) AS x(x)"
    " WHERE x.x IS DISTINCT FROM pg_current_xact_id_if_assigned()) THEN ' open' ELSE ' settled' END; END"
)
SEEN = sql.SQL("SELECT v.v_at FROM {changes} AS v WHERE v.v_seq = n.v_seq LIMIT 1")
OWN = sql.SQL(
    "SELECT w.v_at FROM history.{table} AS w WHERE w.v_seq = n.v_seq"
    " AND n.authority_id = ANY ((SELECT public.access_authorities(false))::uuid[]) UNION ALL ({public}) LIMIT 1"
)
LATEST = sql.SQL("(SELECT o.v_at FROM history.{table} AS o ORDER BY o.v_seq DESC LIMIT 1)")
NEWEST = sql.SQL("(SELECT date_trunc('day', o.v_at) FROM history.{table} AS o ORDER BY o.v_seq DESC LIMIT 1)")
NOTHING = sql.SQL("BEGIN RETURN NULL; END")


def reader(layer: Layer, audience: Audience) -> sql.Identifier:
    """The function that answers this audience: `reader()` is text."""
    schema = SCHEMAS[audience] if audience.scope is None else keyed.SCHEMA
    return sql.Identifier(schema, f"{layer.view}_changed")


def install(using: str) -> None:
    """Bring the functions in line with the views. What was declared otherwise until now has changed now."""
    kept = {model._meta.db_table for model in tracked_models()}
    with connections[using].cursor() as cursor:
        for layer in registry:
            for schema, audience in (*zip(SCHEMAS, Audience, strict=True), (keyed.SCHEMA, Audience.AGENCY)):
                body = _body(layer, schema, audience, kept, using) if layer.table in kept else NOTHING
                statement = FUNCTION.format(
                    name=sql.Identifier(schema, f"{layer.view}_changed"),
                    arguments=sql.SQL(""),
                    answer=sql.SQL("text"),
                    language=sql.SQL("plpgsql"),
                    settings=sql.SQL(""),
                    body=body,
                )
                cursor.execute(statement.as_string(cursor.cursor))


def _body(layer: Layer, schema: str, audience: Audience, kept: set[str], using: str) -> sql.Composed:
    view = f'{audience.schema}."{layer.view}"'
    behind = set(tables_of([view], using)) - {layer.table}
    open_ones = {one.table for one in registry if one.open_rows is None and not hides_places(one)} & behind & kept
    if hides_places(layer):
        open_ones = set()
    others = [NEWEST.format(table=sql.Identifier(name)) for name in sorted(behind & kept - open_ones)]
    public = [LATEST.format(table=sql.Identifier(name)) for name in sorted(open_ones)]
    official = audience is Audience.OFFICER and layer.owned
    told_by = keyed.CHANGES if schema == keyed.SCHEMA else changes_schema(Audience.PUBLIC if official else audience)
    seen = SEEN.format(changes=sql.Identifier(told_by, layer.view))
    if audience is Audience.OFFICER and not layer.owned:
        seen = SEEN.format(changes=sql.Identifier(changes_schema(Audience.PUBLIC), layer.view))
    return BODY.format(
        exact=sql.Literal(not hides_places(layer) and behind <= kept),
        owner=sql.SQL(", h.authority_id") if official else sql.SQL(""),
        table=sql.Identifier(layer.table),
        looked=sql.Literal(LOOKED),
        seen=OWN.format(table=sql.Identifier(layer.table), public=seen) if official else seen,
        made=sql.Literal(datetime.now(UTC).isoformat(timespec="seconds")),
        today=_today(layer, using),
        public=_newest(public),
        others=_newest(others),
    )


def _newest(many: list[sql.Composed]) -> sql.Composable:
    return sql.SQL("greatest({})").format(sql.SQL(", ").join(many)) if many else sql.SQL("NULL::timestamptz")


def _today(layer: Layer, using: str) -> sql.Composable:
    """SQL: the beginning of the day, where the view shows another day otherwise."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(bool_or(pg_get_viewdef(to_regclass(name)) ~* %s), false) FROM unnest(%s::text[]) AS name",
            [TODAY, [f'{schema}."{layer.view}"' for schema in SCHEMAS]],
        )
        if cursor.fetchone() == (False,):
            return sql.SQL("NULL::timestamptz")
    return sql.SQL("public.gis_today()::timestamp AT TIME ZONE {}").format(sql.Literal(settings.TIME_ZONE))
