"""The body of a layer's find function: which rows may answer, and how well.

Every searched column brings rows forward through its index: those where the whole cell is one of the `parts` of the
question, and those whose cell is like one of the `hunted` words. Rows that several columns bring (the number and its
street, the plot and its block) go first. The best of them are compared with the whole question.
"""

from collections.abc import Iterator
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Func, QuerySet, TextField
from django.db.models.functions import Cast
from psycopg import sql

from gis.db.functions import NormAr
from gis.db.literal import composed
from gis.db.publish import expression
from gis.layers import Audience, Field, Layer

# See gis.words: the folded question, what of it is looked for in this layer, that word by word with other forms, runs
# of it, words to hunt by likeness; and how many ids are wanted.
ARGUMENTS = {
    "whole": "text",
    "asked": "text",
    "forms": "text[]",
    "parts": "text[]",
    "hunted": "text[]",
    "most": "integer",
}
# A column brings up to FOUND like cells, of which the BEST go on, and up to MANY rows: a number that stands in every
# street is told only by the street. KEPT rows are read; COMPARED of them, whose first NEAR letters are most like the
# question, word by word. ANSWERS is the least score.
LONGEST = 200  # letters of a cell that can be the whole of what is looked for
FOUND, BEST, MANY, KEPT, COMPARED, NEAR, ANSWERS = 400, 30, 20_000, 200, 40, 200, 0.5

SAME_OWN = sql.SQL("(SELECT b.id, 2 AS weight FROM ({cells}) AS b(id) LIMIT {many})")
SAME = sql.SQL(
    "(SELECT b.id, 2 AS weight FROM ({rows}) AS b(id, key)"
    " WHERE b.key = ANY (ARRAY({cells} LIMIT {many})) LIMIT {many})"
)
LIKE = sql.SQL(
    "(SELECT b.id, 1 AS weight FROM ({rows}) AS b(id, key) WHERE b.key = ANY (ARRAY("
    "SELECT c.key FROM ({cells} LIMIT {found}) AS c(key, cell)"
    " ORDER BY (SELECT max(public.similarity(h, c.cell)) FROM unnest(hunted) AS h) DESC LIMIT {best})) LIMIT {many})"
)
FIND = sql.SQL(
    "WITH maybe(id) AS MATERIALIZED (SELECT h.id FROM ({candidates}) AS h(id, weight)"
    " GROUP BY h.id ORDER BY sum(h.weight) DESC LIMIT {kept}), read AS ("
    " SELECT v.id, public.gis_norm_ar(concat_ws(' ', {said})) AS document"
    " FROM ({rows}) AS v({names}) WHERE v.id = ANY (ARRAY(SELECT maybe.id FROM maybe)) {own}), nearest AS ("
    " SELECT r.id, r.document FROM read AS r"
    " ORDER BY public.word_similarity(asked, left(r.document, {near})) DESC, r.id LIMIT {compared})"
    ", compared AS MATERIALIZED ("
    " SELECT n.id, public.gis_likeness(whole, asked, forms, n.document) AS score FROM nearest AS n)"
    " SELECT c.id, c.score FROM compared AS c WHERE c.score >= {answers} ORDER BY c.score DESC, c.id LIMIT most"
)
OWN = sql.SQL("AND v.authority_id = ANY ((SELECT public.access_authorities(false))::uuid[])")


class _Same(Func):
    """The folded column is the whole of what some words look for."""

    template = f'"left"(%(expressions)s, {LONGEST}) = ANY (parts)'
    output_field = BooleanField()


class _Like(Func):
    """Some part of the folded column is like one of the words."""

    template = "%(expressions)s %%%%> ANY (hunted)"
    output_field = BooleanField()


def body(
    connection: BaseDatabaseWrapper, layer: Layer, rows: QuerySet[Any], audience: Audience, *, own: bool
) -> sql.Composed:
    """Ids and scores: rows that a column brings forward, compared in full by all that they say to the audience."""
    said = _said(layer, rows, audience)
    owner = ["authority_id"] if own else []
    return FIND.format(
        candidates=sql.SQL(" UNION ALL ").join(_candidates(connection, rows, searched(layer, audience))),
        said=sql.SQL(", ").join(sql.SQL("v.{}::text").format(sql.Identifier(name)) for name in said),
        rows=_compiled(connection, rows.annotate(**said).values_list("pk", *owner, *said)),
        names=sql.SQL(", ").join(sql.Identifier(name) for name in ("id", *owner, *said)),
        own=OWN if own else sql.SQL(""),
        kept=sql.Literal(KEPT),
        compared=sql.Literal(COMPARED),
        near=sql.Literal(NEAR),
        answers=sql.Literal(ANSWERS),
    )


def searched(layer: Layer, audience: Audience) -> list[Field]:
    return [field for field in layer.fields_for(audience) if field.searched]


def paths(field: Field) -> tuple[str, ...]:
    """The columns by which a field is found: its own, or those named where it is an expression."""
    if isinstance(field.searched, tuple):
        return field.searched
    source = field.source or field.name
    return (source,) if isinstance(source, str) else ()


def end(layer: Layer, path: str) -> tuple[str, str]:
    """The table and the column at the end of a path."""
    field = _field(layer, path)
    return field.model._meta.db_table, field.column


def title(layer: Layer, path: str) -> str:
    """What people call the column at the end of a path, in the language in force."""
    return str(_field(layer, path).verbose_name)


def _field(layer: Layer, path: str) -> Any:
    model: Any = layer.model
    *steps, name = path.split("__")
    for step in steps:
        model = model._meta.get_field(step).related_model
    return model._meta.get_field(name)


def _said(layer: Layer, rows: QuerySet[Any], audience: Audience) -> dict[str, Any]:
    """What a row says to the question: its searched fields in their order, then the names around it."""
    fields = searched(layer, audience)
    found = {f"said_{field.name}": expression(rows, field.source_for(audience)) for field in fields}
    around = [path for field in layer.fields_for(audience) for path in field.context]
    return found | {f"said_{path}".replace("__", "_of_"): expression(rows, path) for path in around}


def _candidates(connection: BaseDatabaseWrapper, rows: QuerySet[Any], fields: list[Field]) -> Iterator[sql.Composed]:
    """Rows by one searched column each: the layer's own, or one of a table a step over a key away."""
    limits = {"found": sql.Literal(FOUND), "best": sql.Literal(BEST), "many": sql.Literal(MANY)}
    for path in (path for field in fields for path in paths(field)):
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
        reached = _compiled(connection, rows.values_list("pk", row_key))
        same = _compiled(connection, cells.filter(_Same(cell)).values_list(cell_key))
        like = cells.filter(_Like(cell)).annotate(said_cell=cell).values_list(cell_key, "said_cell")
        yield (SAME if steps else SAME_OWN).format(rows=reached, cells=same, **limits)
        yield LIKE.format(rows=reached, cells=_compiled(connection, like), **limits)


def _compiled(connection: BaseDatabaseWrapper, rows: QuerySet[Any]) -> sql.SQL:
    text, params = rows.query.sql_with_params()
    return composed(connection, text, params)
