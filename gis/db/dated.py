"""Views of layers whose records hold from one day to another, with the records of every day: what is asked by time.

`<view>_dated` (schemas pub, agency, own, desk): the layer's view, made of the same declaration, without its choice of
today, and with the days between which each record holds, half open. Days of other tables stay today's. Where a layer
hides places from some, only officers have one, of their own records: hidden late is still hidden.
"""

import hashlib
import re
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

from gis.db import publish
from gis.db.past import CLOCK, hides_places
from gis.layers import Audience, Layer, registry

BEGINS, ENDS = "dated_begins", "dated_ends"  # no field of a layer is called so
COLUMNS = ("valid_from", "valid_to")
TODAY = rf"\(SELECT \({re.escape(CLOCK)} AT TIME ZONE '[^']*'\)::date\)"


def is_dated(layer: Layer) -> bool:
    """Do its records hold between days, of which the layer shows those of today?"""
    return set(COLUMNS) <= {field.name for field in layer.model._meta.concrete_fields}


def readable(layer: Layer, audience: Audience) -> bool:
    """May this audience ask for other days? A key with scopes opens today's views alone."""
    return audience is Audience.OFFICER or (audience.scope is None and not hides_places(layer))


def name(layer: Layer) -> str:
    return f"{layer.view}_dated"


def install(using: str) -> None:
    """Bring the views in line with the declarations. After `publish.publish_all`."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for layer in registry:
            if is_dated(layer):
                _install(connection, cursor, layer)


def _install(connection: BaseDatabaseWrapper, cursor: Any, layer: Layer) -> None:
    asked = [("own", Audience.OFFICER, "security_invoker")]
    if readable(layer, Audience.PUBLIC):
        asked = [("pub", Audience.PUBLIC, "security_barrier"), ("agency", Audience.AGENCY, "security_barrier"), *asked]
    made = [(schema, audience, option, _body(connection, layer, audience)) for schema, audience, option in asked]
    stamp = hashlib.sha256(repr(made).encode()).hexdigest()[:16]
    cursor.execute("SELECT obj_description(to_regclass(%s), 'pg_class')", [f'desk."{name(layer)}"'])
    if cursor.fetchone() == (stamp,):
        return
    for schema in ("desk", "own", "agency", "pub"):
        cursor.execute(f'DROP VIEW IF EXISTS {schema}."{name(layer)}"')
    for schema, audience, option, body in made:
        _create(cursor, layer, (schema, option), [BEGINS, ENDS, *publish.columns(layer, audience)], body)
    public = {BEGINS, ENDS, *publish.columns(layer, Audience.PUBLIC)}
    union = f'SELECT * FROM own."{name(layer)}"'  # noqa: S608 -- the name is of a declaration
    if len(made) > 1:
        union = publish.union(cursor, name(layer), public if layer.owned else None)
    _create(
        cursor, layer, ("desk", "security_invoker"), [BEGINS, ENDS, *publish.columns(layer, Audience.OFFICER)], union
    )
    comment = sql.SQL("COMMENT ON VIEW desk.{} IS {}").format(sql.Identifier(name(layer)), sql.Literal(stamp))
    cursor.execute(comment.as_string(), None)


def _create(cursor: Any, layer: Layer, where: tuple[str, str], named: list[str], body: str) -> None:
    listed = ", ".join(f'"{column}"' for column in named)
    cursor.execute(f'CREATE VIEW {where[0]}."{name(layer)}" ({listed}) WITH ({where[1]}) AS {body}', None)


def _body(connection: BaseDatabaseWrapper, layer: Layer, audience: Audience) -> str:
    """The query behind the layer's view, which begins or ends no day before or after any."""
    body = publish.select(connection, layer, audience, open_only=audience is not Audience.OFFICER)
    begins, ends = (f'"{layer.table}"."{column}"' for column in COLUMNS)
    for condition, always in ((f"{begins} <= ", "infinity"), (f"{ends} > ", "-infinity")):
        body, found = re.subn(re.escape(condition) + TODAY, f"{condition}'{always}'::date", body)
        if found != 1:
            raise ValueError(f"layer {layer.id}: its rows are not those of today (DatedQuerySet.current)")
    return body.replace("SELECT ", f"SELECT {begins}, {ends}, ", 1)
