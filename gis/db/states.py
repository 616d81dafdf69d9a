"""Functions that tell in which state a record is, made from the layer declarations: what a writer must have seen.

`<view>_state(id)` (schemas pub, agency, own) answers "ERA.VERSION SECOND" of a record that this reader sees, NULL of
any other and of one whose history nobody keeps. The version is the number of its newest one in the history. The second
(Unix time) is that of the newest version too, but later than that of each version before: where two fall into one
second the later one counts as of the next. So a time without fractions, as HTTP has it, tells versions apart exactly.

Where a layer hides places from some, only its own officers are told, and keys that may change the record (schema
`keyed`): neither is the minute for everybody.

Asked in the statement that reads the record it speaks of the very image that is read.
"""

from django.db import connections
from psycopg import sql

from gis.db import keyed
from gis.db.finders import FUNCTION
from gis.db.past import hides_places
from gis.db.tracking import tracked_models
from gis.layers import Audience, Layer, registry
from gis.scopes import UPDATE

SCHEMAS = ("pub", "agency", "own")
# Seconds of the versions s1, s2, … that must rise: the n-th is max(sk + n - k) over all k up to n.
STATE = sql.SQL(
    "SELECT max(n.v_era) || '.' || max(n.v_seq) || ' ' || (max(n.second - n.place) + max(n.place)) FROM ("
    "SELECT h.v_era, h.v_seq, floor(extract(epoch FROM h.v_at))::bigint AS second,"
    " row_number() OVER (ORDER BY h.v_seq) AS place FROM history.{table} AS h WHERE h.id = record) AS n"
)
SEEN = sql.SQL("EXISTS (SELECT FROM {view} AS v WHERE v.id = record AND {opened})")
OWN = sql.SQL(
    "EXISTS (SELECT FROM public.{table} AS t WHERE t.id = record"
    " AND t.authority_id = ANY ((SELECT public.access_authorities(false))::uuid[]))"
)
BODY = sql.SQL("BEGIN IF {seen} THEN RETURN ({state}); END IF; RETURN {otherwise}; END")
NOTHING = sql.SQL("NULL")


def reader(layer: Layer, audience: Audience) -> sql.Identifier:
    """The function that answers this audience: `reader(id)` is text."""
    return _name(layer, SCHEMAS[audience] if audience.scope is None else keyed.SCHEMA)


def install(using: str) -> None:
    """Bring the functions in line with the views and the histories."""
    kept = {model._meta.db_table for model in tracked_models()}
    with connections[using].cursor() as cursor:
        for layer in registry:
            told = layer.table in kept
            bodies = [
                (SCHEMAS[audience], _body(layer, audience, told=told and _for(layer, audience)))
                for audience in Audience
            ]
            for schema, body in [*bodies, (keyed.SCHEMA, _for_keys(layer, told=told))]:
                statement = FUNCTION.format(
                    name=_name(layer, schema),
                    arguments=sql.SQL("record uuid"),
                    answer=sql.SQL("text"),
                    language=sql.SQL("plpgsql"),
                    settings=sql.SQL(""),
                    body=body,
                )
                cursor.execute(statement.as_string(cursor.cursor))


def _name(layer: Layer, schema: str) -> sql.Identifier:
    return sql.Identifier(schema, f"{layer.view}_state")


def _for(layer: Layer, audience: Audience) -> bool:
    """May this audience know when a record was changed?"""
    return audience is Audience.OFFICER or not hides_places(layer)


def _for_keys(layer: Layer, *, told: bool) -> sql.Composed:
    everybody = _for(layer, Audience.AGENCY)
    opened = sql.SQL("true") if everybody else keyed.opened(layer, sql.SQL("v"), verb=UPDATE)
    seen = SEEN.format(view=sql.Identifier(keyed.SCHEMA, layer.view), opened=opened)
    state = STATE.format(table=sql.Identifier(layer.table)) if told else NOTHING
    return BODY.format(seen=seen, state=state, otherwise=NOTHING)


def _body(layer: Layer, audience: Audience, *, told: bool) -> sql.Composed:
    state = STATE.format(table=sql.Identifier(layer.table)) if told else NOTHING
    if audience is Audience.OFFICER and layer.owned:
        public = sql.SQL("{}(record)").format(reader(layer, Audience.PUBLIC))
        return BODY.format(seen=OWN.format(table=sql.Identifier(layer.table)), state=state, otherwise=public)
    schema = Audience.PUBLIC.schema if audience is Audience.OFFICER else audience.schema
    seen = SEEN.format(view=sql.Identifier(schema, layer.view), opened=sql.SQL("true"))
    return BODY.format(seen=seen, state=state, otherwise=NOTHING)
