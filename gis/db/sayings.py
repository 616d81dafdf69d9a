"""Functions that tell which features say the words asked for: all in the order of ids, where search ranks a few.

`<view>_said(asked, after, most)` (schemas pub, agency, own): ids after this one of rows that the audience may see.
`asked` is JSON: alternatives, each a list of words, each word with its forms between bars (gis.features.wording). The
words kept of records are those that search asks (`gis.db.documents`): of the fields that the audience sees, as rows are
now where they have changed since the words were gathered.
"""

from collections.abc import Iterator

from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

from gis.db import documents, finders
from gis.db.documents import Document
from gis.db.literal import composed
from gis.layers import Audience, Layer, registry

ARGUMENTS = "asked jsonb, after uuid, most integer"
# Sorted before they are judged by the rows: of a common word only as many rows are looked at as are wanted.
BODY = sql.SQL(
    "DECLARE late uuid[] := '{{}}'; sought tsquery; BEGIN"
    " SELECT string_agg('(' || public.gis_asked(ARRAY(SELECT public.gis_norm_ar(w)"
    " FROM jsonb_array_elements_text(a.words) AS w), false)::text || ')', ' | ')::tsquery INTO sought"
    " FROM jsonb_array_elements(asked) AS a(words); {late};"
    " RETURN QUERY SELECT u.id FROM ((SELECT k.id FROM (SELECT s.id FROM {table} AS s WHERE s.words @@ sought"
    " AND s.id > after AND s.id <> ALL (late) {own_kept} ORDER BY s.id) AS k"
    " WHERE (SELECT true FROM ({ids}) AS v(id) WHERE v.id = k.id) ORDER BY k.id LIMIT most)"
    " UNION (SELECT d.id FROM (SELECT v.id, public.gis_norm_ar(left(concat_ws(' ', {said}), {longest})) AS folded"
    " FROM ({rows}) AS v({names}) WHERE v.id = ANY (late) AND v.id > after {own_late} OFFSET 0) AS d"
    " WHERE array_to_tsvector(public.gis_words(d.folded)) @@ sought)) AS u ORDER BY u.id LIMIT most; END"
)
SETTINGS = sql.SQL("SET jit = off SET plan_cache_mode = force_custom_plan")


def functions(connection: BaseDatabaseWrapper) -> Iterator[sql.Composed]:
    """Every layer's function, in each schema that needs one."""
    kept = documents.documents()
    for audience, schema in zip(Audience, finders.SCHEMAS, strict=True):
        for layer in registry:
            if schema in finders.schemas(layer, audience):
                yield _said(connection, layer, schema, audience, kept[layer.id, audience])


def listed(
    layer: Layer, audience: Audience, asked: sql.Composable, after: sql.Composable, most: sql.Composable
) -> sql.Composable:
    """SQL: up to `most` ids after this one of features that say it, in order; an officer's own, and what all see."""
    each = [
        sql.SQL("SELECT id FROM {}({}::jsonb, {}, {}) AS id").format(
            sql.Identifier(schema, f"{layer.view}_said"), asked, after, most
        )
        for schema in finders.schemas(layer, audience)
    ]
    return sql.SQL("SELECT id FROM ({}) AS a ORDER BY id LIMIT {}").format(sql.SQL(" UNION ").join(each), most)


def _said(
    connection: BaseDatabaseWrapper, layer: Layer, schema: str, audience: Audience, document: Document
) -> sql.Composed:
    own = schema == "own"
    rows = layer.rows().order_by() if own else finders.open_rows(layer)
    said = documents.said(layer, rows, audience)
    owner = ["authority_id"] if own else []
    return finders.FUNCTION.format(
        name=sql.Identifier(schema, f"{layer.view}_said"),
        arguments=sql.SQL(ARGUMENTS),
        answer=sql.SQL("SETOF uuid"),
        language=sql.SQL("plpgsql"),
        settings=SETTINGS,
        body=BODY.format(
            late=finders.late(document),
            table=sql.Identifier("search", document.name),
            ids=composed(connection, *rows.values_list("pk").query.sql_with_params()),
            rows=composed(connection, *rows.annotate(**said).values_list("pk", *owner, *said).query.sql_with_params()),
            names=sql.SQL(", ").join(sql.Identifier(name) for name in ("id", *owner, *said)),
            said=sql.SQL(", ").join(sql.SQL("v.{}::text").format(sql.Identifier(name)) for name in said),
            longest=sql.Literal(documents.LONGEST),
            own_kept=finders.OWN.format(sql.SQL("s")) if own else sql.SQL(""),
            own_late=finders.OWN.format(sql.SQL("v")) if own else sql.SQL(""),
        ),
    )
