"""Makes the views that outlets read, from the layer declarations.

Five schemas, one view a layer in each: `pub` (what everybody may see), `agency` (and what agencies may), `own` (all
columns of the rows that row-level security lets the session see; officers edit through it) and `desk` (own rows in
full, the others' as the public sees them). `pub` and `agency` belong to the checker role, which passes row-level
security: their own WHERE and column list are the boundary, and `security_barrier` keeps a caller's functions behind it.
`keyed` narrows `agency` to what the key of the session opens (`gis.db.keyed`).
"""

import hashlib
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.expressions import Combinable
from psycopg import sql

from gis.db import keyed
from gis.db.literal import composed
from gis.layers import RESERVED, Audience, Layer, Source, registry

SCHEMAS = ("pub", "agency", "own", "desk", keyed.SCHEMA)


def publish_all(using: str) -> list[str]:
    """Bring every view in line with its declaration; returns the names of the layers whose views were remade."""
    connection = connections[using]
    remade = []
    with connection.cursor() as cursor:
        for schema in SCHEMAS:
            cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    for layer in registry:
        if publish(connection, layer):
            remade.append(layer.id)
    drop_unknown(connection)
    return remade


def publish(connection: BaseDatabaseWrapper, layer: Layer) -> bool:
    """Make the layer's views; False when they already say the same."""
    bodies = {
        "pub": select(connection, layer, Audience.PUBLIC, open_only=True),
        "agency": select(connection, layer, Audience.AGENCY, open_only=True),
        "own": select(connection, layer, Audience.OFFICER, open_only=False),
        keyed.SCHEMA: keyed.view(layer, "agency", columns(layer, Audience.AGENCY)),
    }
    stamp = hashlib.sha256(repr(sorted(bodies.items())).encode()).hexdigest()[:16]
    with connection.cursor() as cursor:
        if stamp_of(cursor, layer) == stamp:
            return False
        for schema in (keyed.SCHEMA, "desk", "own", "agency", "pub"):
            cursor.execute(f'DROP VIEW IF EXISTS {schema}."{layer.view}"')
        _create(cursor, layer, "pub", Audience.PUBLIC, bodies["pub"], "security_barrier")
        _create(cursor, layer, "agency", Audience.AGENCY, bodies["agency"], "security_barrier")
        _create(cursor, layer, keyed.SCHEMA, Audience.AGENCY, bodies[keyed.SCHEMA], "security_barrier")
        _create(cursor, layer, "own", Audience.OFFICER, bodies["own"], "security_invoker")
        if layer.writes == "direct":
            _deletes(cursor, layer)
        public = set(columns(layer, Audience.PUBLIC)) if layer.owned else None
        _create(cursor, layer, "desk", Audience.OFFICER, union(cursor, layer.view, public), "security_invoker")
        cursor.execute(
            sql.SQL("COMMENT ON VIEW desk.{} IS {}").format(sql.Identifier(layer.view), sql.Literal(stamp)).as_string()
        )
    return True


def drop_unknown(connection: BaseDatabaseWrapper) -> None:
    """Drop views of layers that are no longer declared: nothing stays published by accident."""
    known = [name for layer in registry for name in (layer.view, f"{layer.view}_dated")]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT schemaname, viewname FROM pg_views WHERE schemaname = ANY (%s) AND viewname <> ALL (%s)",
            [list(SCHEMAS), known],
        )
        for schema, view in cursor.fetchall():
            cursor.execute(f'DROP VIEW IF EXISTS "{schema}"."{view}" CASCADE')


def drop_all(using: str) -> None:
    """Take the views away, so that a migration may alter the tables beneath; `publish_all` brings them back."""
    with connections[using].cursor() as cursor:
        for schema in SCHEMAS:
            cursor.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")


def columns(layer: Layer, audience: Audience) -> list[str]:
    """Column names of the layer's view for this audience, in order."""
    fixed = RESERVED if layer.owned else RESERVED[:2]
    return [*fixed, *(field.name for field in layer.fields_for(audience))]


def select(connection: BaseDatabaseWrapper, layer: Layer, audience: Audience, *, open_only: bool) -> str:
    """The query behind a layer's view: the fields of the audience, of all rows or of those that are open."""
    rows = layer.rows()
    if open_only and layer.open_rows is not None:
        rows = rows.filter(layer.open_rows)
    sources: dict[str, Source] = {"geom": layer.geometry_for(audience)}
    if layer.owned:
        sources["authority"] = "authority__code"
    sources |= {field.name: field.source_for(audience) for field in layer.fields_for(audience)}
    # A path is joined where nobody writes through the view; where somebody may, it is looked up, and the view stays
    # updatable.
    if not open_only:
        sources = {name: expression(rows, source) for name, source in sources.items()}
    # Aliases, because an annotation may not have the name of a model field.
    annotated = {f"out_{name}": F(made) if isinstance(made, str) else made for name, made in sources.items()}
    query = rows.order_by().annotate(**annotated).values_list(layer.key, *annotated).query
    text, params = query.sql_with_params()
    return composed(connection, text, params).as_string()


def expression(rows: QuerySet[Any], source: Source) -> Combinable:
    """A path over a foreign key becomes a scalar subquery: no join, so the view stays updatable."""
    if not isinstance(source, str):
        return source
    if "__" not in source:
        return F(source)
    key, column = source.split("__", 1)
    related = rows.model._meta.get_field(key).related_model
    return Subquery(related._base_manager.filter(pk=OuterRef(f"{key}_id")).order_by().values(column))


def _create(cursor: Any, layer: Layer, schema: str, audience: Audience, body: str, option: str) -> None:
    named = ", ".join(f'"{name}"' for name in columns(layer, audience))
    cursor.execute(f'CREATE VIEW {schema}."{layer.view}" ({named}) WITH ({option}) AS {body}'.replace("%", "%%"), [])
    for field in layer.fields_for(audience):
        column = sql.Identifier(schema, layer.view, field.name)
        comment = sql.SQL("COMMENT ON COLUMN {} IS {}").format(column, sql.Literal(str(field.title)))
        cursor.execute(comment.as_string())


def _deletes(cursor: Any, layer: Layer) -> None:
    """A deletion in the view goes through a function: the table itself gives officers no right to delete."""
    statement = "CREATE TRIGGER delete_own INSTEAD OF DELETE ON own.{} FOR EACH ROW EXECUTE FUNCTION gis_delete_own({})"
    cursor.execute(sql.SQL(statement).format(sql.Identifier(layer.view), sql.Literal(layer.table)).as_string())


def union(cursor: Any, name: str, public: set[str] | None) -> str:
    """Own rows in full and the others' `public` columns; without those, the rows belong to nobody."""
    view = sql.Identifier(name)
    if public is None:
        return sql.SQL("SELECT * FROM pub.{}").format(view).as_string()
    cursor.execute(
        "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute "
        "WHERE attrelid = %s::regclass AND attnum > 0 ORDER BY attnum",
        [f'own."{name}"'],
    )
    own, others = [], []
    for one, kind in cursor.fetchall():
        column = sql.Identifier(one)
        own.append(column)
        # No cast of what both have: a cast would stand between `&&` and the index.
        others.append(column if one in public else sql.SQL("NULL::" + kind))
    return (
        sql.SQL(
            "SELECT {own} FROM own.{view} UNION ALL "
            "SELECT {others} FROM pub.{view} WHERE authority <> ALL ((SELECT access_codes())::text[])"
        )
        .format(own=sql.SQL(", ").join(own), others=sql.SQL(", ").join(others), view=view)
        .as_string()
    )


def stamp_of(cursor: Any, layer: Layer) -> str | None:
    """What the layer's views were made from."""
    cursor.execute("SELECT obj_description(to_regclass(%s), 'pg_class')", [f'desk."{layer.view}"'])
    (comment,) = cursor.fetchone()
    return str(comment) if comment else None
