"""Views of a layer's past and of its changes, made from the same declaration as the views of its present.

`pub_past`, `agency_past`, `own_past`: the layer as it was recorded at `baladiya.moment`. Every table is read from
`past.<table>`, except the authorities of others' records: whose record it is and whether it is open is today's rule.
`pub_changes`, `agency_changes`, `own_changes`: its versions, each as a "put" of what the reader may see or, where he
may no longer see what he could, a "delete". Only officers see versions that have been superseded: a correction or a
withdrawal must not stay readable in the log. `<view>_versions` beside them tell whether a follower had a feature
before: all versions as the reader could see them, as `pub_past` has them too; where places are hidden, that they were
and no more. A reader's filter is never held against them. `keyed_past` and `keyed_changes` narrow the agencies' to what
a key opens (`gis.db.keyed`).
"""
# ruff: noqa: S608 -- every name in these statements comes from a declaration

import hashlib
import re
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

from gis.db import keyed
from gis.db.publish import columns, select
from gis.db.tracking import personal_columns, tracked_models
from gis.layers import Audience, Layer, registry

PREFIXES = {Audience.PUBLIC: "pub", Audience.AGENCY: "agency", Audience.OFFICER: "own"}
OF_CHECKER = ("pub_past", "agency_past", "pub_changes", "agency_changes", keyed.PAST, keyed.CHANGES)
OF_READER = ("own_past", "own_changes")
VERSION = ("v_seq", "v_era", "v_xid", "v_at")
CLOCK = "STATEMENT_TIMESTAMP()"  # how Django asks for the time in force


def past_schema(audience: Audience) -> str:
    return f"{PREFIXES[audience]}_past" if audience.scope is None else keyed.PAST


def changes_schema(audience: Audience) -> str:
    return f"{PREFIXES[audience]}_changes" if audience.scope is None else keyed.CHANGES


def versions_view(layer: Layer) -> str:
    """Of every version, beside the view of changes; officers' changes are every version themselves."""
    return f"{layer.view}_versions"


def hides_places(layer: Layer) -> bool:
    """Is the place coarser, or missing, for some? Then its past is for officers: hidden late is still hidden."""
    return not isinstance(layer.geometry, str)


def tenants(layer: Layer) -> str:
    """The table of the authorities that the layer's records belong to."""
    related: Any = layer.model._meta.get_field("authority").related_model
    return str(related._meta.db_table)


def publish_past(using: str) -> None:
    """Bring the views of every tracked layer in line with its declaration. After `tracking.track`."""
    connection = connections[using]
    with connection.cursor() as cursor:
        past = {model._meta.db_table: _definition(cursor, model._meta.db_table) for model in tracked_models()}
        for schema in (*OF_CHECKER, *OF_READER):
            cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        for layer in registry:
            if layer.table in past:
                _publish(connection, cursor, layer, past)
        _drop_unknown(cursor)


def drop_past(using: str) -> None:
    """Take the views away, so that a migration may alter the tables beneath."""
    with connections[using].cursor() as cursor:
        for schema in (*OF_CHECKER, *OF_READER):
            cursor.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")


def grant(using: str, *, web: str, public: str, desk: str) -> None:
    with connections[using].cursor() as cursor:
        for schema, readers in {
            "pub_past, pub_changes": f"{web}, {public}, {desk}",
            "agency_past, agency_changes": web,
            "own_past, own_changes": f"{web}, {desk}",
        }.items():
            cursor.execute(f"GRANT USAGE ON SCHEMA {schema} TO {readers}")
            cursor.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {readers}")


def _publish(connection: BaseDatabaseWrapper, cursor: Any, layer: Layer, past: dict[str, str]) -> None:
    views: dict[tuple[str, str, Audience], tuple[list[str], str]] = {}
    for audience in Audience:
        body = select(connection, layer, audience, open_only=audience is not Audience.OFFICER)
        named = [*columns(layer, audience)]
        if audience is Audience.OFFICER or not hides_places(layer):
            views[past_schema(audience), layer.view, audience] = named, _past(layer, audience, body, past)
        shown = _shown(layer, audience, body)
        views[changes_schema(audience), layer.view, audience] = (
            [*VERSION, "op", *named],
            _changes(layer, audience, shown),
        )
        if audience is not Audience.OFFICER:
            kept = ["v_seq", *(["id"] if hides_places(layer) else named)]
            listed = ", ".join(f's."{name}"' for name in kept)
            views[changes_schema(audience), versions_view(layer), audience] = kept, f"SELECT {listed} FROM {shown} s"
    views |= _for_keys(layer)
    stamp = hashlib.sha256(repr(sorted(views.items())).encode()).hexdigest()[:16]
    cursor.execute("SELECT obj_description(to_regclass(%s), 'pg_class')", [f'own_past."{layer.view}"'])
    if cursor.fetchone() == (stamp,):
        return
    for schema, name, _audience in reversed(views):
        cursor.execute(f'DROP VIEW IF EXISTS {schema}."{name}"')
    for (schema, name, _audience), (named, body) in views.items():
        option = "security_invoker" if schema in OF_READER else "security_barrier"
        listed = ", ".join(f'"{column}"' for column in named)
        cursor.execute(f'CREATE VIEW {schema}."{name}" ({listed}) WITH ({option}) AS {body}', None)
    comment = sql.SQL("COMMENT ON VIEW own_past.{} IS {}").format(sql.Identifier(layer.view), sql.Literal(stamp))
    cursor.execute(comment.as_string(), None)


def _for_keys(layer: Layer) -> dict[tuple[str, str, Audience], tuple[list[str], str]]:
    """After those of agencies, which they stand on."""
    audience, name = Audience.AGENCY, versions_view(layer)
    named = columns(layer, audience)
    kept = ["v_seq", *(["id"] if hides_places(layer) else named)]
    views = {
        (keyed.CHANGES, layer.view, audience): ([*VERSION, "op", *named], keyed.changes(layer, VERSION, named)),
        (keyed.CHANGES, name, audience): (kept, keyed.versions(layer, name, kept)),
    }
    if not hides_places(layer):
        views[keyed.PAST, layer.view, audience] = named, keyed.view(layer, past_schema(audience), named)
    return views


def _past(layer: Layer, audience: Audience, body: str, past: dict[str, str]) -> str:
    """The checker's views hold the text of `past.<table>`: by its name it would ask for the reader's rights."""
    present = {tenants(layer)} if layer.owned else set()
    by_name = audience is Audience.OFFICER
    sources = {table: f'past."{table}"' if by_name else text for table, text in past.items() if table not in present}
    return reading_from(body, sources).replace(CLOCK, "(SELECT history_valid_at())")


def _definition(cursor: Any, table: str) -> str:
    cursor.execute("SELECT rtrim(pg_get_viewdef(%s::regclass), ';')", [f'past."{table}"'])
    return f"({cursor.fetchone()[0]})"


def _shown(layer: Layer, audience: Audience, body: str) -> str:
    """All versions as the audience could see them."""
    shown = reading_from(_with_version(body, layer.table), {layer.table: f"({_versions(layer)})"}, only_outer=True)
    named = ", ".join(f'"{name}"' for name in [*VERSION, *columns(layer, audience)])
    return f"(SELECT * FROM ({shown}) AS x ({named}))"


def _changes(layer: Layer, audience: Audience, shown: str) -> str:
    table = layer.table
    fields = ", ".join(f's."{name}"' for name in columns(layer, audience))
    nothing = ", ".join("NULL" for _ in columns(layer, audience)[1:])
    newest = (
        ""
        if audience is Audience.OFFICER
        else (f'AND NOT EXISTS (SELECT FROM history."{table}" l WHERE l.id = {{0}}.id AND l.v_seq > {{0}}.v_seq)')
    )
    # Where the place is not for everybody, neither is the minute at which somebody stood there.
    at = "date_trunc('day', {}.v_at)" if hides_places(layer) and audience is not Audience.OFFICER else "{}.v_at"
    return (
        f"SELECT s.v_seq, s.v_era, s.v_xid, {at.format('s')}, 'put', {fields} FROM {shown} s "
        f"WHERE true {newest.format('s')} "
        f"UNION ALL SELECT h.v_seq, h.v_era, h.v_xid, {at.format('h')}, 'delete', h.id, {nothing} "
        f'FROM history."{table}" h WHERE NOT EXISTS (SELECT FROM {shown} s WHERE s.v_seq = h.v_seq) '
        f"AND EXISTS (SELECT FROM {shown} s WHERE s.id = h.id AND s.v_seq < h.v_seq) {newest.format('h')}"
    )


def _versions(layer: Layer) -> str:
    table, personal = layer.table, personal_columns(layer.model)
    if not personal:
        return f"SELECT * FROM history.\"{table}\" WHERE v_op <> 'D'"
    listed = ", ".join(f'p."{column}"' for column in personal)
    return (
        f'SELECT h.*, {listed} FROM history."{table}" h LEFT JOIN personal_history."{table}" p USING (v_seq) '
        "WHERE h.v_op <> 'D'"
    )


def _with_version(body: str, table: str) -> str:
    return body.replace("SELECT ", "SELECT " + "".join(f'"{table}".{name}, ' for name in VERSION), 1)


def reading_from(body: str, sources: dict[str, str], *, only_outer: bool = False) -> str:
    """The query with some of its tables read from elsewhere. Django gives an alias to every table of a subquery."""

    def instead(found: re.Match[str]) -> str:
        word, table, alias = found[1], found[2], found[3]
        if table not in sources or (only_outer and alias):
            return found[0]
        return f"{word} {sources[table]} {alias or _quoted(table)}"

    return re.sub(r'\b(FROM|JOIN) "(\w+)"(?: ([A-Z]+\d+)\b)?', instead, body)


def _quoted(table: str) -> str:
    return f'"{table}"'


def _drop_unknown(cursor: Any) -> None:
    known = [name for layer in registry for name in (layer.view, versions_view(layer))]
    cursor.execute(
        "SELECT format('%%I.%%I', schemaname, viewname) FROM pg_views WHERE schemaname = ANY (%s) "
        "AND viewname <> ALL (%s)",
        [[*OF_CHECKER, *OF_READER], known],
    )
    for (view,) in cursor.fetchall():
        cursor.execute(f"DROP VIEW IF EXISTS {view} CASCADE")
