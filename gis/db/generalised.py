"""What tiles of far zooms are cut from: a table for each entry of a layer's zooms that merges to cells or simplifies.

Cells: for each record the finest cell that its middle lies in, and how many records each cell holds; coarser cells are
sums of finer ones. Where everybody sees a coarser place than its authority does, a record has two: one that everybody
counts (`open`) and one that only its authority counts, instead of the other. Shapes: the simplified geometry in
EPSG:3857, with the size by which a crowded tile chooses, and what the zoom carries of the columns that everybody may
read; the rest of what a record says is read from the reader's own view. `gis.generalising` fills the tables and follows
the change log.

Made from the declarations after each migration, and read through definer functions in the schemas of the readers
(`pub`; `own` for officers): they give what the layer's view shows, whatever the tables still say, for records that have
changed since are read as they are now.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.contrib.gis.db.models import GeometryField
from django.db import ProgrammingError, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Case, F, Value, When
from psycopg import sql
from psycopg.errors import InvalidFunctionDefinition

from gis.db.finders import FUNCTION
from gis.db.literal import composed
from gis.layers import Audience, Field, Layer, Zoom, registry
from gis.mercator import EDGE, level_of

NOBODY = "00000000-0000-0000-0000-000000000000"  # the authority of records that belong to none

MAKE = sql.SQL(
    "CREATE OR REPLACE FUNCTION tiles.{name}({arguments}) RETURNS void LANGUAGE plpgsql SECURITY DEFINER"
    " SET search_path = pg_catalog, public, pg_temp SET jit = off AS $made${body}$made$;"
    " REVOKE ALL ON FUNCTION tiles.{name} FROM PUBLIC"
)
TABLES = {
    "cells": sql.SQL(
        "CREATE TABLE tiles.{name} (id uuid {key}, authority_id uuid NOT NULL, open boolean NOT NULL,"
        " col integer NOT NULL, row integer NOT NULL{keys}); CREATE TABLE tiles.{count} (col integer NOT NULL,"
        " row integer NOT NULL, authority_id uuid NOT NULL, open boolean NOT NULL, n bigint NOT NULL,"
        " UNIQUE (col, row, authority_id, open))"
    ),
    "shapes": sql.SQL(
        "CREATE TABLE tiles.{name} (id uuid PRIMARY KEY, authority_id uuid NOT NULL, open boolean NOT NULL,"
        " size double precision NOT NULL, geom geometry(Geometry, 3857) NOT NULL {said_types});"
        " CREATE INDEX {index} ON tiles.{name} USING gist (geom)"
    ),
}
# The records as they are now. Who is at or beyond the edge of the map's square is on no tile.
NOW = sql.SQL(
    "CREATE VIEW tiles_now.{name} AS SELECT id, authority_id, open, {columns} {said}"
    " FROM ({rows}) AS r(id, authority_id, open, g {said})"
    " WHERE g @ ST_MakeEnvelope(-180, {south}, 180, {north}, 4326)"
)
COLUMNS = {
    "cells": sql.SQL(
        "least(floor(((ST_XMin(g::box2d) + ST_XMax(g::box2d)) / 2 + 180) / 360 * {cells}), {cells} - 1)::integer"
        " AS col,"
        " floor((1 - asinh(tand((ST_YMin(g::box2d) + ST_YMax(g::box2d)) / 2)) / pi()) / 2 * {cells})::integer AS row"
    ),
    "shapes": sql.SQL(
        "(ST_XMax(g::box2d) - ST_XMin(g::box2d)) * (ST_YMax(g::box2d) - ST_YMin(g::box2d)) AS size,"
        " coalesce(ST_Simplify(ST_Transform(g, 3857), {metres}, true), ST_Transform(g, 3857)) AS geom"
    ),
}
# Counts follow their records within the same statement: they cannot come apart.
LEAVE = {
    "cells": sql.SQL(
        "WITH r AS (DELETE FROM tiles.{name} {which} RETURNING *), s AS (SELECT col, row, authority_id, open,"
        " count(*) AS n FROM r GROUP BY 1, 2, 3, 4) UPDATE tiles.{count} AS c SET n = c.n - s.n FROM s WHERE"
        " (c.col, c.row, c.authority_id, c.open) = (s.col, s.row, s.authority_id, s.open)"
    ),
    "shapes": sql.SQL("DELETE FROM tiles.{name} {which}"),
}
ENTER = {
    "cells": sql.SQL(
        "WITH r AS (INSERT INTO tiles.{name} SELECT * FROM tiles_now.{name} {which} RETURNING *)"
        " INSERT INTO tiles.{count} AS c SELECT col, row, authority_id, open, count(*) FROM r GROUP BY 1, 2, 3, 4"
        " ON CONFLICT (col, row, authority_id, open) DO UPDATE SET n = c.n + EXCLUDED.n;"
        " DELETE FROM tiles.{count} WHERE n = 0"
    ),
    # Neighbours lie side by side on the disk: a tile reads few pages.
    "shapes": sql.SQL("INSERT INTO tiles.{name} SELECT * FROM tiles_now.{name} {which} ORDER BY geom"),
}
AGAIN = sql.SQL("BEGIN {leave}; {enter}; END")
WHOLE = sql.SQL("BEGIN {leave}; {enter}; UPDATE tiles.kind SET day = public.gis_today() WHERE name = {kind}; END")
# Records that are there, are no more, or are open otherwise for another reason than a change of their own: a day that
# has come, an authority that has closed them.
COMPARE = sql.SQL(
    "BEGIN PERFORM tiles.{again}(ARRAY(SELECT coalesce(k.id, v.id) FROM tiles.{name} AS k"
    " FULL JOIN (SELECT id, open FROM tiles_now.{name} OFFSET 0) AS v USING ({same})"
    " WHERE k.id IS NULL OR v.id IS NULL OR k.open <> v.open));"
    " UPDATE tiles.kind SET day = public.gis_today() WHERE name = {kind}; END"
)
# Whoever asks, and whatever they asked before: what is half filled, or of yesterday, is never told as the truth.
GUARD = sql.SQL(
    "IF NOT public.tiles_ready({kind}) THEN RAISE EXCEPTION 'What is kept as % does not say what the records say now', "
    "{kind} USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Read the records themselves.'; END IF;"
)
READ = {
    "cells": sql.SQL(
        "#variable_conflict use_column\nDECLARE late uuid[] := public.follower_late({follower}, {tracked}, NULL); {own}"
        " BEGIN {guard} RETURN QUERY SELECT c.col >> shift, c.row >> shift, sum(c.n)::bigint FROM ("
        "SELECT col, row, n FROM tiles.{count} WHERE {there} UNION ALL"
        " SELECT col, row, -1 FROM tiles.{name} WHERE id = ANY (late) AND {there} UNION ALL"
        " SELECT col, row, 1 FROM tiles_now.{name} WHERE id = ANY (late) AND {there}) AS c"
        " GROUP BY 1, 2 HAVING sum(c.n) > 0; END"
    ),
    "shapes": sql.SQL(
        "#variable_conflict use_column\nDECLARE late uuid[] := public.follower_late({follower}, {tracked}, NULL);"
        " box geometry := ST_MakeEnvelope(west, south, east, north, 3857); whole bigint; {own}"
        " BEGIN {guard} SELECT count(*) INTO whole FROM tiles.{name} WHERE {there} AND id <> ALL (late);"
        " RETURN QUERY WITH l AS MATERIALIZED (SELECT * FROM tiles_now.{name} WHERE id = ANY (late) AND {there}) SELECT"
        " r.id, r.geom, whole + (SELECT count(*) FROM l) {said} FROM ((SELECT id, geom, size {said} FROM tiles.{name}"
        " WHERE {there} AND id <> ALL (late) ORDER BY size DESC, id LIMIT most)"
        " UNION ALL SELECT id, geom, size {said} FROM l) AS r"
        " ORDER BY r.size DESC, r.id LIMIT most; END"
    ),
}
THERE = {
    "cells": sql.SQL("col BETWEEN west AND east AND row BETWEEN north AND south AND {seen}"),
    "shapes": sql.SQL("geom && box AND {seen}"),
}
ARGUMENTS = {
    "cells": sql.SQL("shift integer, west integer, north integer, east integer, south integer"),
    "shapes": sql.SQL(
        "west double precision, south double precision, east double precision, north double precision, most integer"
    ),
}
ANSWERS = {
    "cells": sql.SQL('TABLE (col integer, "row" integer, number bigint)'),
    "shapes": sql.SQL("TABLE (id uuid, geom geometry, found bigint {said_types})"),
}
ENDINGS = ("again", "whole", "compare")


@dataclass(frozen=True, eq=False)
class Kind:
    """What is kept of a layer for the zooms that an entry begins."""

    layer: Layer
    zoom: Zoom

    @property
    def name(self) -> str:
        return f"{self.layer.view}_{self.zoom.level}"

    @property
    def form(self) -> str:
        return "cells" if self.zoom.grid_m else "shapes"

    @property
    def level(self) -> int:
        """The level of the finest cells."""
        return level_of(self.zoom.grid_m)

    @property
    def follower(self) -> str:
        return f"tiles:{self.name}"

    @property
    def said(self) -> list[Field]:
        """The fields that are kept with a shape: columns of the record that say the same to everybody."""
        return [
            field
            for field in self.layer.fields
            if (self.zoom.fields is None or field.name in self.zoom.fields)
            and not (self.zoom.grid_m or field.readers or field.sources)
            and self.layer.model_field(field) is not None
        ]

    def reader(self, audience: Audience) -> sql.Identifier:
        """The function that answers this audience."""
        schema = "own" if audience is Audience.OFFICER and self.layer.owned else "pub"
        return sql.Identifier(schema, f"{self.name}_{self.form}")


@cache
def kinds() -> dict[tuple[str, int], Kind]:
    """By layer and level. Where a place is coarser for some, only cells of two places are kept."""
    return {
        (layer.id, zoom.level): Kind(layer, zoom) for layer in registry for zoom in layer.zooms if _is_kept(layer, zoom)
    }


def _is_kept(layer: Layer, zoom: Zoom) -> bool:
    if isinstance(layer.geometry, str):
        return bool(zoom.grid_m or zoom.simplify_m)
    return bool(zoom.grid_m) and layer.owned and layer.two_places


def drop(using: str) -> None:
    """Take the views of the records away, so that a migration may alter the tables beneath."""
    with connections[using].cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS tiles_now CASCADE")


def install(using: str) -> None:
    """Bring tables, views and functions in line with the declarations. A kind that has changed begins anew."""
    connection = connections[using]
    wanted = {kind.name: kind for kind in kinds().values()}
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA IF NOT EXISTS tiles_now")
        cursor.execute("SELECT name, stamp FROM tiles.kind")
        present = dict(cursor.fetchall())
        for name in present.keys() - wanted.keys():
            _drop(cursor, name)
        for kind in wanted.values():
            view = _now(connection, kind)
            table = TABLES[kind.form].format(**_names(connection, kind))
            stamp = sql.Composed([view, table]).as_string()
            if present.get(kind.name) != stamp:
                _drop(cursor, kind.name)
                _run(cursor, table)
                cursor.execute("INSERT INTO tiles.kind VALUES (%s, %s, %s)", [kind.name, kind.layer.table, stamp])
            cursor.execute("SELECT to_regclass(%s)", [f'tiles_now."{kind.name}"'])
            if cursor.fetchone() == (None,):
                _run(cursor, view)
            for statement in _makers(connection, kind):
                _run(cursor, statement)
            for reader, statement in _readers(connection, kind):
                _replace(using, reader, statement)


def sources(kind: Kind, using: str) -> list[str]:
    """The tables that decide which records it holds, its own first."""
    found = tables_of([f'tiles_now."{kind.name}"'], using)
    return [kind.layer.table, *(table for table in found if table != kind.layer.table)]


def tables_of(views: list[str], using: str) -> list[str]:
    """The tables that views read, through other views too, by the database's own books."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE reads(oid) AS (SELECT to_regclass(unnest(%s::text[]))::oid"
            " UNION SELECT d.refobjid FROM reads JOIN pg_rewrite r ON r.ev_class = reads.oid"
            " JOIN pg_depend d ON d.objid = r.oid AND d.classid = 'pg_rewrite'::regclass"
            " AND d.refclassid = 'pg_class'::regclass)"
            " SELECT relname FROM pg_class WHERE oid IN (SELECT oid FROM reads) AND relkind = 'r' ORDER BY relname",
            [views],
        )
        return [name for (name,) in cursor.fetchall()]


def _now(connection: BaseDatabaseWrapper, kind: Kind) -> sql.Composed:
    columns = COLUMNS[kind.form]
    return NOW.format(
        name=sql.Identifier(kind.name),
        said=_listed(f"said_{field.name}" for field in kind.said),
        rows=sql.SQL(" UNION ALL ").join(_rows(connection, kind)),
        south=sql.Literal(-EDGE),
        north=sql.Literal(EDGE),
        columns=columns.format(cells=sql.Literal(2**kind.level))
        if kind.zoom.grid_m
        else columns.format(metres=sql.Literal(kind.zoom.simplify_m)),
    )


def _rows(connection: BaseDatabaseWrapper, kind: Kind) -> Iterator[sql.SQL]:
    """The records with whose they are, whether everybody sees them, and where; twice where there are two places."""
    layer = kind.layer
    rows = layer.rows().order_by()
    if kind.zoom.pressing and layer.pressing:
        name, codes = layer.pressing
        declared = next(field for field in layer.fields if field.name == name)
        rows = rows.filter(**{f"{declared.source_for(Audience.PUBLIC)}__in": codes})
    shown: Any = Value(True)
    if layer.open_rows is not None:
        shown = Case(When(layer.open_rows, then=Value(True)), default=Value(False))
    owner: Any = F("authority_id") if layer.owned else Value(NOBODY, output_field=models.UUIDField())
    said = {f"said_{field.name}": F(str(field.source_for(Audience.PUBLIC))) for field in kind.said}
    parts = [(rows, shown, Audience.PUBLIC)]
    if kind.layer.two_places:
        open_rows = rows if layer.open_rows is None else rows.filter(layer.open_rows)
        parts = [(open_rows, Value(True), Audience.PUBLIC), (rows, Value(False), Audience.OFFICER)]
    for some, seen, audience in parts:
        place = models.ExpressionWrapper(F(layer.geometry_for(audience)), output_field=GeometryField())
        query = some.annotate(out_owner=owner, out_open=seen, out_geom=place, **said)
        text, params = query.values_list(layer.key, "out_owner", "out_open", "out_geom", *said).query.sql_with_params()
        yield composed(connection, text, params)


def _makers(connection: BaseDatabaseWrapper, kind: Kind) -> Iterator[sql.Composed]:
    """`_again` makes anew what is kept of the records named, `_whole` all, `_compare` what a change elsewhere moved."""
    names, none = _names(connection, kind), sql.SQL("")
    these = sql.SQL("WHERE id = ANY (ids)")
    leave, enter = LEAVE[kind.form], ENTER[kind.form]
    again = AGAIN.format(leave=leave.format(which=these, **names), enter=enter.format(which=these, **names))
    whole = WHOLE.format(leave=leave.format(which=none, **names), enter=enter.format(which=none, **names), **names)
    bodies = {"again": ("ids uuid[]", again), "whole": ("", whole), "compare": ("", COMPARE.format(**names))}
    for ending, (arguments, body) in bodies.items():
        name = sql.Identifier(f"{kind.name}_{ending}")
        yield MAKE.format(name=name, arguments=sql.SQL(arguments), body=body)


def _readers(connection: BaseDatabaseWrapper, kind: Kind) -> Iterator[tuple[sql.Composed, sql.Composed]]:
    """Each with its name and arguments."""
    names = _names(connection, kind)
    everybody = (Audience.PUBLIC, sql.SQL("open"), sql.SQL(""))
    officers = (
        Audience.OFFICER,
        # Of two places of an own record the other one.
        sql.SQL("open <> (authority_id = ANY (mine))")
        if kind.layer.two_places
        else sql.SQL("(open OR authority_id = ANY (mine))"),
        sql.SQL("mine uuid[] := public.access_authorities(false);"),
    )
    for audience, seen, own in (everybody, officers) if kind.layer.owned else (everybody,):
        signature = sql.SQL("{}({})").format(kind.reader(audience), ARGUMENTS[kind.form])
        yield (
            signature,
            FUNCTION.format(
                name=kind.reader(audience),
                arguments=ARGUMENTS[kind.form],
                answer=ANSWERS[kind.form].format(**names),
                language=sql.SQL("plpgsql"),
                # Plans for the values asked: how many rows a box holds differs by thousands.
                settings=sql.SQL("SET jit = off SET plan_cache_mode = force_custom_plan"),
                body=READ[kind.form].format(
                    there=THERE[kind.form].format(seen=seen), own=own, guard=GUARD.format(**names), **names
                ),
            ),
        )


def _names(connection: BaseDatabaseWrapper, kind: Kind) -> dict[str, sql.Composable]:
    said = {f"said_{field.name}": _type(connection, kind.layer, field) for field in kind.said}
    return {
        "said": _listed(said),
        "said_types": sql.SQL("").join(
            sql.SQL(", {} {}").format(sql.Identifier(name), sql.SQL(kind)) for name, kind in said.items()
        ),
        "key": sql.SQL("NOT NULL" if kind.layer.two_places else "PRIMARY KEY"),
        "keys": sql.SQL(", PRIMARY KEY (id, open)" if kind.layer.two_places else ""),
        "same": sql.SQL("id, open" if kind.layer.two_places else "id"),
        "name": sql.Identifier(kind.name),
        "count": sql.Identifier(f"{kind.name}_count"),
        "index": sql.Identifier(f"{kind.name}_geom"),
        "again": sql.Identifier(f"{kind.name}_again"),
        "kind": sql.Literal(kind.name),
        "follower": sql.Literal(kind.follower),
        "tracked": sql.Literal(kind.layer.table),
    }


def _listed(names: Iterable[str]) -> sql.Composed:
    return sql.SQL("").join(sql.SQL(", {}").format(sql.Identifier(name)) for name in names)


def _type(connection: BaseDatabaseWrapper, layer: Layer, field: Field) -> str:
    found: Any = layer.model_field(field)
    return str(found.db_type(connection))


def _drop(cursor: Any, name: str) -> None:
    _run(cursor, sql.SQL("DROP VIEW IF EXISTS tiles_now.{}").format(sql.Identifier(name)))
    for table in (name, f"{name}_count"):
        _run(cursor, sql.SQL("DROP TABLE IF EXISTS tiles.{}").format(sql.Identifier(table)))
    cursor.execute(
        "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = ANY"
        " (ARRAY['tiles', 'pub', 'own']::regnamespace[]) AND proname = ANY (%s)",
        [[f"{name}_{ending}" for ending in (*ENDINGS, "cells", "shapes")]],
    )
    for (signature,) in cursor.fetchall():
        cursor.execute(f"DROP FUNCTION {signature}")
    cursor.execute("DELETE FROM tiles.kind WHERE name = %s", [name])
    cursor.execute("DELETE FROM spatial_follower WHERE name = %s", [f"tiles:{name}"])


def _replace(using: str, signature: sql.Composed, statement: sql.Composed) -> None:
    """Make a function anew. One that gives other columns than before must go first, and is granted anew after that."""
    with connections[using].cursor() as cursor:
        try:
            with transaction.atomic(using=using):
                _run(cursor, statement)
        except ProgrammingError as error:
            if not isinstance(error.__cause__, InvalidFunctionDefinition):
                raise
            with transaction.atomic(using=using):
                _run(cursor, sql.SQL("DROP FUNCTION {}").format(signature))
                _run(cursor, statement)


def _run(cursor: Any, statement: sql.Composable) -> None:
    cursor.execute(statement.as_string(cursor.cursor))
