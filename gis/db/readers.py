"""Functions and indexes that let outlets page and search quickly, made from the layer declarations.

The published views keep a caller's conditions behind a barrier, and with them every index but the leakproof ones: a
view of a million rows can be neither read in the order of ids nor searched. So each layer has functions that run as
the checker role inside the barrier, take nothing but an id or folded words, and return only ids of rows that the
audience may see. What is shown is then read from the view by these ids.

`<view>_after` (schema pub): the next ids. `<view>_find` (schemas pub, agency, own): ids by likeness, with a score.
"""

from collections.abc import Iterator
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Func, QuerySet, TextField
from django.db.models.functions import Cast
from psycopg import sql

from gis.db.functions import NormAr
from gis.db.literal import composed
from gis.db.publish import expression
from gis.layers import Audience, Field, Layer, registry

# A column brings forward up to FOUND cells that are the same or like what is looked for; of these the BEST go on, with
# up to FOUND rows that show them. COMPARED rows of a layer are then compared word by word; ANSWERS is the least score.
FOUND, BEST, COMPARED, ANSWERS = 400, 30, 60, 0.5
INDEX = "find_"

FUNCTION = sql.SQL(
    "CREATE OR REPLACE FUNCTION {name}({arguments}) RETURNS {answer} LANGUAGE sql STABLE SECURITY DEFINER"
    " SET search_path = pg_catalog, public, pg_temp {setting} AS $made${body}$made$;"
    " REVOKE ALL ON FUNCTION {name} FROM PUBLIC"
)
AFTER = sql.SQL("SELECT v.id FROM ({rows}) AS v(id) WHERE v.id > after ORDER BY v.id LIMIT most")
CANDIDATES = sql.SQL(
    "(SELECT b.id FROM ({rows}) AS b(id, key) WHERE b.key = ANY (ARRAY(SELECT c.key FROM"
    " (({same}) UNION ALL ({like})) AS c(key, cell) ORDER BY public.word_similarity(folded, c.cell) DESC LIMIT {best}"
    ")) LIMIT {found})"
)
FIND = sql.SQL(
    "WITH maybe(id) AS ({candidates}), read AS ("
    " SELECT v.id, public.gis_norm_ar(concat_ws(' ', {said})) AS document"
    " FROM ({rows}) AS v({names}) WHERE v.id = ANY (ARRAY(SELECT maybe.id FROM maybe)) {own}), nearest AS ("
    " SELECT r.id, r.document FROM read AS r"
    " ORDER BY public.word_similarity(folded, r.document) DESC, r.id LIMIT {most}), compared AS ("
    " SELECT n.id, public.gis_likeness(folded, n.document) AS score FROM nearest AS n)"
    " SELECT c.id, c.score FROM compared AS c WHERE c.score >= {answers} ORDER BY c.score DESC, c.id LIMIT most"
)
OWN = sql.SQL("AND v.authority_id = ANY ((SELECT public.access_authorities(false))::uuid[])")
INDEXED = sql.SQL("CREATE INDEX IF NOT EXISTS {name} ON {table} USING gin (gis_norm_ar({column}::text) gin_trgm_ops)")


class _Same(Func):
    """The folded column is the whole of what is looked for (`folded`, a parameter of the function)."""

    template = "%(expressions)s = folded"
    output_field = BooleanField()


class _Like(Func):
    """Some part of the folded column is like what is looked for, or like one of its words."""

    template = "%(expressions)s %%%%> ANY (folded || string_to_array(folded, ' '))"
    output_field = BooleanField()


def install(using: str) -> None:
    """Bring the functions and indexes in line with the declarations."""
    connection = connections[using]
    with connection.cursor() as cursor:
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
    return bool(_searched(layer, audience))


def _indexes() -> dict[str, sql.Composed]:
    """An index for every column that search looks into, whichever layers share it."""
    found = {}
    for layer in registry:
        for field in _searched(layer, Audience.OFFICER):
            for path in _paths(field):
                table, column = _end(layer, path)
                name = f"{INDEX}{table}_{column}"
                found[name] = INDEXED.format(
                    name=sql.Identifier(name), table=sql.Identifier(table), column=sql.Identifier(column)
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
    return FUNCTION.format(
        name=sql.Identifier("pub", f"{layer.view}_after"),
        arguments=sql.SQL("after uuid, most integer"),
        answer=sql.SQL("SETOF uuid"),
        setting=sql.SQL(""),
        body=AFTER.format(rows=_compiled(connection, _open(layer).values_list("pk"))),
    )


def _find(connection: BaseDatabaseWrapper, layer: Layer, schema: str, audience: Audience) -> sql.Composed:
    """Ids and scores: rows that a column brings forward, compared in full by all that they say to the audience."""
    rows = layer.rows().order_by() if schema == "own" else _open(layer)
    fields = _searched(layer, audience)
    said = {f"said_{field.name}": expression(rows, field.source_for(audience)) for field in fields}
    owner = ["authority_id"] if schema == "own" else []
    body = FIND.format(
        candidates=sql.SQL(" UNION ").join(_candidates(connection, rows, fields)),
        said=sql.SQL(", ").join(sql.SQL("v.{}::text").format(sql.Identifier(name)) for name in said),
        rows=_compiled(connection, rows.annotate(**said).values_list("pk", *owner, *said)),
        names=sql.SQL(", ").join(sql.Identifier(name) for name in ("id", *owner, *said)),
        own=OWN if owner else sql.SQL(""),
        most=sql.Literal(COMPARED),
        answers=sql.Literal(ANSWERS),
    )
    return FUNCTION.format(
        name=sql.Identifier(schema, f"{layer.view}_find"),
        arguments=sql.SQL("folded text, most integer"),
        answer=sql.SQL("TABLE (id uuid, score real)"),
        # The planner takes folding for cheap, because PostgreSQL inlines it; reading a whole table by it is not.
        setting=sql.SQL("SET enable_seqscan = off"),
        body=body,
    )


def _candidates(connection: BaseDatabaseWrapper, rows: QuerySet[Any], fields: list[Field]) -> Iterator[sql.Composed]:
    """Ids of rows by one searched column each: the layer's own, or one of a table a step over a key away."""
    for path in (path for field in fields for path in _paths(field)):
        *steps, name = path.split("__")
        cells, cell_key, row_key = rows, "pk", "pk"
        if steps:
            relation = rows.model._meta.get_field(steps[0])
            cells = relation.related_model._base_manager.all()
            if relation.many_to_one:
                row_key = relation.attname
            else:
                cell_key = relation.field.attname
        cell = NormAr(Cast(name, TextField()))
        same, like = (
            _compiled(
                connection, cells.filter(how(cell)).annotate(said_cell=cell).values_list(cell_key, "said_cell")[:FOUND]
            )
            for how in (_Same, _Like)
        )
        yield CANDIDATES.format(
            rows=_compiled(connection, rows.values_list("pk", row_key)),
            same=same,
            like=like,
            best=sql.Literal(BEST),
            found=sql.Literal(FOUND),
        )


def _open(layer: Layer) -> QuerySet[Any]:
    rows = layer.rows().order_by()
    return rows.filter(layer.open_rows) if layer.open_rows is not None else rows


def _searched(layer: Layer, audience: Audience) -> list[Field]:
    return [field for field in layer.fields_for(audience) if field.searched]


def _paths(field: Field) -> tuple[str, ...]:
    """The columns by which a field is found: its own, or those named where it is an expression."""
    if isinstance(field.searched, tuple):
        return field.searched
    source = field.source or field.name
    return (source,) if isinstance(source, str) else ()


def _end(layer: Layer, path: str) -> tuple[str, str]:
    """The table and the column at the end of a path."""
    model: Any = layer.model
    *steps, name = path.split("__")
    for step in steps:
        model = model._meta.get_field(step).related_model
    return model._meta.db_table, model._meta.get_field(name).column


def _compiled(connection: BaseDatabaseWrapper, rows: QuerySet[Any]) -> sql.SQL:
    text, params = rows.query.sql_with_params()
    return composed(connection, text, params)
