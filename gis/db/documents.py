"""What search keeps of records, apart from their tables: one document each, and the words in it.

A document is what the searched fields of a layer say to an audience, with the names around it. Layers and audiences to
whom the same rows say the same share one kind of document; layers of one table told apart by a column
(`Importing.fixed`) have one each, or the roads would be gone through for a village. The tables are made from the
declarations after each migration; `gis.indexing` fills them and follows the change log. What only some may read is in a
table that the others' functions never look into.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, QuerySet
from psycopg import sql

from gis.db.literal import composed
from gis.db.publish import expression
from gis.layers import Audience, Field, Layer, registry

LONGEST = 5000  # letters of a document that are kept

TABLE = sql.SQL(
    "CREATE TABLE search.{name} (id uuid PRIMARY KEY{owner}, folded text NOT NULL, words tsvector NOT NULL);"
    " CREATE INDEX {gin} ON search.{name} USING gin (words)"
)
# The rows as they are now; a row that says nothing is not kept. The OFFSET keeps the folding from being done thrice.
INSERT = sql.SQL(
    "INSERT INTO search.{name} SELECT {columns}, d.folded, array_to_tsvector(public.gis_words(d.folded))"
    " FROM (SELECT {columns}, public.gis_norm_ar(left(concat_ws(' ', {said}), {longest})) AS folded"
    " FROM ({rows}) AS v({names}) {only} OFFSET 0) AS d WHERE d.folded <> ''"
)
MAKE = sql.SQL(
    "CREATE OR REPLACE FUNCTION search.{name}({arguments}) RETURNS void LANGUAGE plpgsql SECURITY DEFINER"
    " SET search_path = pg_catalog, public, pg_temp SET jit = off AS $made${body}$made$;"
    " REVOKE ALL ON FUNCTION search.{name} FROM PUBLIC"
)
AGAIN = sql.SQL(
    "DECLARE keys uuid[] := {keys};"
    " BEGIN {uncount} DELETE FROM search.{name} WHERE id IN (SELECT unnest(keys)); {insert}; {count} END"
)
WHOLE = sql.SQL("BEGIN DELETE FROM search.{name}; {insert}; END")
COUNT = sql.SQL(
    "PERFORM search_count((SELECT array_agg(words) FROM search.{name} WHERE id IN (SELECT unnest(keys))), {sign});"
)


@dataclass(frozen=True, eq=False)
class Document:
    """What the rows of a table say, or those that `fixed` tells apart. `paths` lead to the columns; `public`: may
    everybody know its words?"""

    name: str
    model: type[Model]
    said: dict[str, Any]
    paths: tuple[str, ...]
    public: bool
    fixed: Mapping[str, str]

    @property
    def table(self) -> str:
        return str(self.model._meta.db_table)

    @cached_property
    def owned(self) -> bool:
        return any(field.name == "authority" for field in self.model._meta.concrete_fields)

    @property
    def related(self) -> dict[str, tuple[tuple[str, ...], ...]]:
        """The tables that its words come from besides its own, with the steps that lead there."""
        found: dict[str, set[tuple[str, ...]]] = {}
        for path in self.paths:
            steps = tuple(path.split("__")[:-1])
            for length in range(1, len(steps) + 1):
                found.setdefault(_end(self.model, steps[:length])._meta.db_table, set()).add(steps[:length])
        return {table: tuple(sorted(steps)) for table, steps in sorted(found.items())}

    @property
    def tables(self) -> tuple[str, ...]:
        return (self.table, *(table for table in self.related if table != self.table))


def searched(layer: Layer, audience: Audience) -> list[Field]:
    return [field for field in layer.fields_for(audience) if field.searched]


def paths(field: Field) -> tuple[str, ...]:
    """The columns by which a field is found: its own, or those named where it is an expression."""
    if isinstance(field.searched, tuple):
        return field.searched
    source = field.source or field.name
    return (source,) if isinstance(source, str) else ()


def title(layer: Layer, path: str) -> str:
    """What people call the column at the end of a path, in the language in force."""
    *steps, name = path.split("__")
    return str(_end(layer.model, tuple(steps))._meta.get_field(name).verbose_name)


def said(layer: Layer, rows: QuerySet[Any], audience: Audience) -> dict[str, Any]:
    """What a row says to the question: its searched fields in their order, then the names around it."""
    fields = searched(layer, audience)
    found = {f"said_{field.name}": expression(rows, field.source_for(audience)) for field in fields}
    return found | {f"said_{path}".replace("__", "_of_"): expression(rows, path) for path in _around(layer, audience)}


@cache
def documents() -> dict[tuple[str, Audience], Document]:
    """The document of each layer for each audience that may look for it; the same one where they say the same."""
    found: dict[tuple[str, Audience], Document] = {}
    known: dict[tuple[str, str], Document] = {}
    for audience in Audience:
        for layer in registry:
            if searched(layer, audience):
                key = (layer.table, _meaning(layer, audience))
                if key not in known:
                    known[key] = _document(layer, audience, {document.name for document in known.values()})
                found[layer.id, audience] = known[key]
    return found


def kinds() -> list[Document]:
    """Every kind of document once."""
    return list({document.name: document for document in documents().values()}.values())


def install(using: str) -> None:
    """Bring the tables and what fills them in line with the declarations. A kind that has changed begins anew."""
    connection = connections[using]
    wanted = {document.name: document for document in kinds()}
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, stamp FROM search.document")
        present = dict(cursor.fetchall())
        for name in present.keys() - wanted.keys():
            _drop(cursor, name)
        for document in wanted.values():
            stamp = _insert(connection, document, sql.SQL("")).as_string()
            if present.get(document.name) != stamp:
                _drop(cursor, document.name)
                _create(cursor, document, stamp)
            for statement in _functions(connection, document):
                cursor.execute(statement.as_string(cursor.cursor))


def _create(cursor: Any, document: Document, stamp: str) -> None:
    owner = sql.SQL(", authority_id uuid NOT NULL" if document.owned else "")
    statement = TABLE.format(
        name=sql.Identifier(document.name), gin=sql.Identifier(f"{document.name}_words"), owner=owner
    )
    cursor.execute(statement.as_string(cursor.cursor))
    cursor.execute(
        "INSERT INTO search.document VALUES (%s, %s, %s, %s)", [document.name, document.table, document.public, stamp]
    )


def _drop(cursor: Any, name: str) -> None:
    cursor.execute(sql.SQL("DROP TABLE IF EXISTS search.{}").format(sql.Identifier(name)).as_string(cursor.cursor))
    cursor.execute("SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = to_regnamespace('search')"
                   " AND proname = ANY (%s)", [[f"{name}_again", f"{name}_whole"]])  # fmt: skip
    for (signature,) in cursor.fetchall():
        cursor.execute(f"DROP FUNCTION {signature}")
    cursor.execute("DELETE FROM search.document WHERE name = %s", [name])
    cursor.execute("DELETE FROM spatial_follower WHERE name = %s", [follower(name)])


def follower(name: str) -> str:
    return f"search:{name}"


def _functions(connection: BaseDatabaseWrapper, document: Document) -> Iterator[sql.Composed]:
    """`_again` makes anew what rows of a table touch, `_whole` everything."""
    name = sql.Identifier(document.name)
    count = [COUNT.format(name=name, sign=sql.Literal(sign)) if document.public else sql.SQL("") for sign in (-1, 1)]
    again = AGAIN.format(
        name=name,
        keys=_keys(document),
        insert=_insert(connection, document, sql.SQL("WHERE v.id IN (SELECT unnest(keys))")),
        uncount=count[0],
        count=count[1],
    )
    whole = WHOLE.format(name=name, insert=_insert(connection, document, sql.SQL("")))
    for ending, arguments, body in (("_again", "source text, ids uuid[]", again), ("_whole", "", whole)):
        yield MAKE.format(name=sql.Identifier(document.name + ending), arguments=sql.SQL(arguments), body=body)


def _insert(connection: BaseDatabaseWrapper, document: Document, only: sql.SQL) -> sql.Composed:
    key = document.model._meta.pk
    fixed = ["id", "authority_id"] if document.owned else ["id"]
    values = [key.attname if key else "pk", *fixed[1:], *document.said]
    kept = document.model._base_manager.filter(**document.fixed).order_by()
    rows = kept.annotate(**document.said).values_list(*values)
    text, params = rows.query.sql_with_params()
    return INSERT.format(
        name=sql.Identifier(document.name),
        columns=sql.SQL(", ").join(map(sql.Identifier, fixed)),
        said=sql.SQL(", ").join(sql.SQL("v.{}::text").format(sql.Identifier(name)) for name in document.said),
        rows=composed(connection, text, params),
        names=sql.SQL(", ").join(map(sql.Identifier, [*fixed, *document.said])),
        longest=sql.Literal(LONGEST),
        only=only,
    )


def _keys(document: Document) -> sql.Composable:
    """Which rows a change touches: the changed ones, or those that take words from them."""
    cases = [
        sql.SQL("WHEN {} THEN ARRAY({})").format(
            sql.Literal(table), sql.SQL(" UNION ").join(_reached(document.model, steps) for steps in ways)
        )
        for table, ways in document.related.items()
        if table != document.table
    ]
    return sql.SQL("CASE source {} ELSE ids END").format(sql.SQL(" ").join(cases)) if cases else sql.SQL("ids")


def _reached(model: Any, steps: tuple[str, ...]) -> sql.Composable:
    """The rows of the model from which the steps lead to `ids`; a row that is gone is remembered by the history."""
    field = model._meta.get_field(steps[0])
    inner = _reached(field.related_model, steps[1:]) if steps[1:] else sql.SQL("SELECT unnest(ids)")
    if field.many_to_one:
        table, column, key = sql.Identifier(model._meta.db_table), field.column, "id"
    else:
        table, column, key = sql.Identifier("history", field.related_model._meta.db_table), "id", field.field.column
    return sql.SQL("SELECT {} FROM {} WHERE {} IN ({})").format(
        sql.Identifier(key), table, sql.Identifier(column), inner
    )


def _meaning(layer: Layer, audience: Audience) -> str:
    """The same text for the same words of the same columns."""
    rows = layer.model._base_manager.filter(**layer.importing.fixed).order_by()
    told = said(layer, rows, audience)
    return str(rows.annotate(**told).values_list(*told).query)


def _document(layer: Layer, audience: Audience, taken: set[str]) -> Document:
    fields = searched(layer, audience)
    others = (*(path for field in fields for path in paths(field)), *_around(layer, audience))
    sources = tuple(
        source for field in fields if isinstance(source := field.source_for(audience), str) and "__" in source
    )
    name = layer.table if audience is Audience.PUBLIC else f"{layer.table}_{audience.name.lower()}"
    return Document(
        name=f"{name}_{layer.view}" if name in taken or layer.importing.fixed else name,
        model=layer.model,
        said=said(layer, layer.model._base_manager.all(), audience),
        paths=tuple(dict.fromkeys((*others, *sources))),
        public=audience is Audience.PUBLIC and layer.open_rows is None,
        fixed=layer.importing.fixed,
    )


def _around(layer: Layer, audience: Audience) -> list[str]:
    return [path for field in layer.fields_for(audience) for path in field.context]


def _end(model: Any, steps: tuple[str, ...]) -> Any:
    for step in steps:
        model = model._meta.get_field(step).related_model
    return model
