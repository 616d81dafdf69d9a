"""The functions that answer a question in words: which rows may answer, and how well.

`<view>_find` (schemas pub, agency, own) asks the words kept of a layer's records (`gis.db.documents`), takes the first
rows that the audience may see and compares what they say with the whole question. Rows that have changed since the
words were gathered are read as they are now. `search`, one in each schema, asks the layers in turn, and more loosely
while nothing answers: with words that those asked for may be slips of, then with fewer of them.
"""

from collections.abc import Iterator
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet
from psycopg import sql

from gis.db import documents
from gis.db.documents import Document
from gis.db.literal import composed
from gis.layers import Audience, Layer, registry

# COMPARED rows of a layer are compared with the question; ANSWERS is the least score. MANY late rows are read directly.
# With FEW answers slips are thought of too.
COMPARED, MANY, ANSWERS, FEW = 60, 300, 0.5, 3

FUNCTION = sql.SQL(
    "CREATE OR REPLACE FUNCTION {name}({arguments}) RETURNS {answer} LANGUAGE {language} STABLE SECURITY DEFINER"
    " SET search_path = pg_catalog, public, pg_temp {settings} AS $made${body}$made$;"
    " REVOKE ALL ON FUNCTION {name}({arguments}) FROM PUBLIC"
)
# See gis.words: the folded question, what of it is looked for in this layer, that word by word with other forms; the
# same as questions to the words kept, one of which must answer, and with its last word unfinished; are those words so
# common that walking finds them sooner; have rows changed since the words were gathered; and how many ids are wanted.
FIND = (
    "whole text, asked text, forms text[], sought tsquery[], wider tsquery, walks boolean, walks_wider boolean,"
    " changed boolean, most integer"
)
# Rows that changed since the words were gathered, the newest first; those of a later era as gis.following tells them.
LATE = sql.SQL(
    "SELECT coalesce(array_agg(DISTINCT l.id), '{{}}') INTO late FROM public.spatial_follower AS f, LATERAL ("
    "(SELECT h.id FROM history.{table} AS h WHERE h.v_xid >= pg_snapshot_xmin(f.seen::pg_snapshot) AND h.v_era = f.era"
    " AND NOT pg_visible_in_snapshot(h.v_xid, f.seen::pg_snapshot) ORDER BY h.v_xid DESC LIMIT {many}) UNION ALL "
    "(SELECT h.id FROM history.{table} AS h WHERE h.v_seq > f.known AND h.v_era > f.era"
    " ORDER BY h.v_seq DESC LIMIT {many})) AS l WHERE f.name = {follower} AND f.table_name = {tracked}"
)
# Have any? Of all kinds of documents at once, because each question of its own takes longer than its answer.
CHANGES = sql.SQL(
    "SELECT {name} FROM public.spatial_follower AS f WHERE f.name = {follower} AND f.table_name = {tracked} AND ("
    "EXISTS (SELECT FROM history.{table} AS h WHERE h.v_xid >= pg_snapshot_xmin(f.seen::pg_snapshot)"
    " AND h.v_era = f.era AND NOT pg_visible_in_snapshot(h.v_xid, f.seen::pg_snapshot))"
    " OR EXISTS (SELECT FROM history.{table} AS h WHERE h.v_seq > f.known AND h.v_era > f.era))"
)
KEPT = sql.SQL(
    "RETURN QUERY WITH c AS MATERIALIZED (SELECT k.id, k.folded FROM {query} AS q(q), LATERAL"
    " (SELECT k.id, k.folded FROM {kept} AS k WHERE k.words @@ q AND k.id <> ALL (late) {own}"
    " AND (SELECT true FROM ({rows}) AS v(id) WHERE v.id = k.id) LIMIT {each}) AS k),"
    " s AS MATERIALIZED (SELECT c.id, public.gis_likeness(whole, asked, forms, c.folded) AS score FROM c)"
    " SELECT s.id, s.score FROM s WHERE s.score >= {answers} ORDER BY s.score DESC, s.id LIMIT most"
)
CHANGED = sql.SQL(
    "WITH d AS MATERIALIZED (SELECT v.id, public.gis_norm_ar(left(concat_ws(' ', {said}), {longest})) AS folded"
    " FROM ({rows}) AS v({names}) WHERE v.id = ANY (late) {own} OFFSET 0),"
    " s AS MATERIALIZED (SELECT d.id, public.gis_likeness(whole, asked, forms, d.folded) AS score FROM d"
    " WHERE array_to_tsvector(public.gis_words(d.folded)) @@ ANY (sought || wider))"
    " SELECT s.id, s.score FROM s WHERE s.score >= {answers}"
)
# Plans are kept for the session: planning all layers anew takes longer than finding. What walks has a statement of its
# own, with a fence before its index, because a plan that is kept cannot know the words.
BODY = sql.SQL(
    "#variable_conflict use_column\nDECLARE late uuid[] := '{{}}'; found bigint; BEGIN IF changed THEN {late}; END IF;"
    " IF walks THEN {walked}; ELSE {looked_up}; END IF;"
    " GET DIAGNOSTICS found = ROW_COUNT; IF wider IS NOT NULL AND found < most THEN"
    " IF walks_wider THEN {walked_wider}; ELSE {looked_up_wider}; END IF; END IF;"
    " IF late <> '{{}}' THEN RETURN QUERY {changed}; END IF; END"
)
OWN = sql.SQL("AND {}.authority_id = ANY ((SELECT public.access_authorities(false))::uuid[])")
ASKED = sql.SQL(
    "WHEN {key} THEN RETURN QUERY SELECT {layer}, f.id, (f.score + (one->>'bonus')::real)::real"
    " FROM {function}(one->>'whole', one->>'asked', forms, sought, wider, {kept} = ANY (walks),"
    " {kept} = ANY (walks_wider), {kept} = ANY (changed), most) AS f;"
)
# Layers that are asked the same words are asked together: what these mean, what they may be slips of and where they are
# common is found out once. `parts` are questions for when nothing says all that is known.
SEARCH = sql.SQL("""#variable_conflict use_variable
DECLARE
    same record;
    one jsonb;
    changed text[] := ARRAY({changes});
    forms text[];
    sought tsquery[];
    parts tsquery[];
    known tsquery;
    wider tsquery;
    said text[];
    others text[];
    walks text[];
    walks_wider text[];
    found bigint;
    answers bigint := 0;
BEGIN
    FOR step IN 1 .. 3 LOOP
        IF step = 2 THEN
            said := ARRAY(SELECT DISTINCT w FROM jsonb_array_elements(questions) AS q,
                jsonb_array_elements_text(q->'forms') AS w);
            others := public.search_near(said);
        END IF;
        FOR same IN
            SELECT ARRAY(SELECT jsonb_array_elements_text(q.words)) AS words,
                ARRAY(SELECT t::boolean FROM jsonb_array_elements_text(q.tells) t) AS tells, q.asked
            FROM (SELECT q->'forms' AS words, q->'tells' AS tells, array_agg(q) AS asked
                FROM jsonb_array_elements(questions) AS q GROUP BY 1, 2) AS q
        LOOP
            forms := same.words;
            IF step > 1 THEN
                forms := ARRAY(SELECT others[array_position(said, w.word)]
                    FROM unnest(same.words) WITH ORDINALITY AS w(word, n) ORDER BY w.n);
                CONTINUE WHEN step = 2 AND forms = same.words;
            END IF;
            sought := ARRAY[public.gis_asked(forms, false)];
            wider := CASE step WHEN 1 THEN public.gis_asked(forms, true) END;
            walks := public.search_walks(forms, false);
            walks_wider := CASE step WHEN 1 THEN public.search_walks(forms, true) END;
            IF step = 3 THEN
                SELECT f.known, f.parts INTO known, parts FROM public.search_fewer(forms, same.tells) AS f;
            END IF;
            FOREACH one IN ARRAY same.asked LOOP
                IF step = 3 THEN
                    sought := CASE WHEN known IS NULL THEN parts ELSE ARRAY[known] END;
                END IF;
                WHILE sought IS NOT NULL LOOP
                    CASE one->>'function' {cases} ELSE EXIT; END CASE;
                    GET DIAGNOSTICS found = ROW_COUNT;
                    answers := answers + found;
                    EXIT WHEN found > 0 OR parts IS NULL OR sought = parts;
                    sought := parts;
                END LOOP;
            END LOOP;
        END LOOP;
        EXIT WHEN answers >= CASE step WHEN 1 THEN {few} ELSE 1 END;
    END LOOP;
END""")
# Words that are spellings of one another, because a thing that everybody may see has both among its names
# (`Field.also`).
SISTERS = sql.SQL(
    "BEGIN RETURN QUERY SELECT DISTINCT u.lexeme FROM ({kept}) AS k(words), unnest(k.words) AS u"
    " WHERE u.lexeme <> said AND public.gis_skeleton(u.lexeme) = public.gis_skeleton(said); END"
)
SAID = sql.SQL("SELECT words FROM search.{} WHERE words @@ public.gis_asked(ARRAY[said], false)")
NOTHING = sql.SQL("SELECT NULL::tsvector WHERE false").format()
# For all that is asked within: to set them for each layer again took a third of the time of one that knows nothing.
SETTINGS = sql.SQL("SET jit = off SET enable_seqscan = off SET plan_cache_mode = force_generic_plan")
ANSWER = sql.SQL("TABLE (id uuid, score real)")
ANSWERS_OF_LAYERS = sql.SQL("TABLE (layer text, id uuid, score real)")
SCHEMAS = ("pub", "agency", "own")  # one for each audience


def schemas(layer: Layer, audience: Audience) -> list[str]:
    """Whose functions answer an audience for a layer. What the words would not tell apart has one function."""
    kept = documents.documents()
    public = kept.get((layer.id, Audience.PUBLIC))
    everybody = ["pub"] if public else []
    other = kept.get((layer.id, audience))
    if audience is Audience.AGENCY and other is not public:
        return ["agency"]
    if audience is Audience.OFFICER and layer.owned and other and (other is not public or layer.open_rows is not None):
        return ["own", *everybody]
    return everybody


def functions(connection: BaseDatabaseWrapper) -> Iterator[sql.Composed]:
    """Every layer's find function in each schema that needs one, and the functions that ask them."""
    kept = documents.documents()
    yield _sisters(kept)
    for audience, schema in zip(Audience, SCHEMAS, strict=True):
        for layer in registry:
            if schema in schemas(layer, audience):
                yield _find(connection, layer, schema, audience, kept[layer.id, audience])
        yield FUNCTION.format(
            name=sql.Identifier(schema, "search"),
            arguments=sql.SQL("questions jsonb, most integer"),
            answer=ANSWERS_OF_LAYERS,
            language=sql.SQL("plpgsql"),
            settings=SETTINGS,
            body=SEARCH.format(
                changes=sql.SQL(" UNION ALL ").join(_changes(audience)),
                cases=sql.SQL(" ").join(_cases(audience)),
                few=sql.Literal(FEW),
            ),
        )


def open_rows(layer: Layer) -> QuerySet[Any]:
    rows = layer.rows().order_by()
    return rows.filter(layer.open_rows) if layer.open_rows is not None else rows


def _find(
    connection: BaseDatabaseWrapper, layer: Layer, schema: str, audience: Audience, document: Document
) -> sql.Composed:
    """Ids and scores of the rows that the audience may see, whatever the words kept still say."""
    own = schema == "own"
    rows = layer.rows().order_by() if own else open_rows(layer)
    table = sql.Identifier("search", document.name)
    fenced = sql.SQL("(SELECT * FROM {} OFFSET 0)").format(table)
    found = {
        name: KEPT.format(
            kept=kept,
            query=sql.SQL(query),
            rows=_compiled(connection, rows.values_list("pk")),
            own=OWN.format(sql.SQL("k")) if own else sql.SQL(""),
            each=sql.SQL(each).format(sql.Literal(COMPARED)),
            answers=sql.Literal(ANSWERS),
        )
        for name, kept, query, each in (
            ("looked_up", table, "unnest(sought)", "{} / cardinality(sought)"),
            ("looked_up_wider", table, "(SELECT wider)", "{}"),
            ("walked", fenced, "unnest(sought)", "{} / cardinality(sought)"),
            ("walked_wider", fenced, "(SELECT wider)", "{}"),
        )
    }
    return FUNCTION.format(
        name=sql.Identifier(schema, f"{layer.view}_find"),
        arguments=sql.SQL(FIND),
        answer=ANSWER,
        language=sql.SQL("plpgsql"),
        settings=sql.SQL(""),
        body=BODY.format(
            late=late(document),
            changed=_changed(connection, layer, rows, audience, own=own),
            **found,
        ),
    )


def _sisters(kept: dict[tuple[str, Audience], Document]) -> sql.Composed:
    named = [layer for layer in registry if any(field.also for field in documents.searched(layer, Audience.PUBLIC))]
    names = {document.name for layer in named if (document := kept[layer.id, Audience.PUBLIC]).public}
    said = [SAID.format(sql.Identifier(name)) for name in sorted(names)]
    return FUNCTION.format(
        name=sql.Identifier("search", "sisters"),
        arguments=sql.SQL("said text"),
        answer=sql.SQL("SETOF text"),
        language=sql.SQL("plpgsql"),
        settings=sql.SQL(""),
        body=SISTERS.format(kept=sql.SQL(" UNION ALL ").join(said or [NOTHING])),
    )


def late(document: Document) -> sql.Composed:
    return LATE.format(many=sql.Literal(MANY), **_following(document))


def _changes(audience: Audience) -> Iterator[sql.Composed]:
    """The names of the documents of which records have changed, one question for each that this audience asks."""
    kept = documents.documents()
    asked = {
        kept[layer.id, Audience(SCHEMAS.index(schema))] for layer in registry for schema in schemas(layer, audience)
    }
    for document in sorted(asked, key=lambda document: document.name):
        yield CHANGES.format(name=sql.Literal(document.name), **_following(document))


def _following(document: Document) -> dict[str, sql.Composable]:
    return {
        "table": sql.Identifier(document.table),
        "tracked": sql.Literal(document.table),
        "follower": sql.Literal(documents.follower(document.name)),
    }


def _cases(audience: Audience) -> Iterator[sql.Composed]:
    """A call for each function that answers this audience: no name comes from the question."""
    kept = documents.documents()
    for layer in registry:
        for schema in schemas(layer, audience):
            name = f"{layer.view}_find"
            yield ASKED.format(
                key=sql.Literal(f"{schema}.{name}"),
                layer=sql.Literal(layer.id),
                function=sql.Identifier(schema, name),
                kept=sql.Literal(kept[layer.id, Audience(SCHEMAS.index(schema))].name),
            )


def _changed(
    connection: BaseDatabaseWrapper, layer: Layer, rows: QuerySet[Any], audience: Audience, *, own: bool
) -> sql.Composed:
    said = documents.said(layer, rows, audience)
    owner = ["authority_id"] if own else []
    return CHANGED.format(
        said=sql.SQL(", ").join(sql.SQL("v.{}::text").format(sql.Identifier(name)) for name in said),
        longest=sql.Literal(documents.LONGEST),
        rows=_compiled(connection, rows.annotate(**said).values_list("pk", *owner, *said)),
        names=sql.SQL(", ").join(sql.Identifier(name) for name in ("id", *owner, *said)),
        own=OWN.format(sql.SQL("v")) if own else sql.SQL(""),
        answers=sql.Literal(ANSWERS),
    )


def _compiled(connection: BaseDatabaseWrapper, rows: QuerySet[Any]) -> sql.SQL:
    text, params = rows.query.sql_with_params()
    return composed(connection, text, params)
