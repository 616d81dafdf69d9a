"""The next features that match, where very many do: found by walking the layer in the order of ids, not by sorting all.

Behind the views' barrier the order of an index is lost, so ids are taken part by part from the function that goes round
it (`gis.db.readers`), and each part is judged through the view: a caller's condition sees nothing that the view hides.
"""

from psycopg import sql

# The first part is little more than a page of what nearly everything matches; the next ones are greater.
GROWTH, GREATEST = 4, 20_000

WALK = sql.SQL(
    "walk(found, last, number, size) AS (SELECT '{{}}'::uuid[], {after}::uuid, 0::bigint, {first}::integer UNION ALL"
    " SELECT f.found, f.last, w.number + cardinality(f.found), least(w.size * {growth}, {greatest})"
    " FROM walk AS w, LATERAL (SELECT s.part[cardinality(s.part)] AS last,"
    " ARRAY(SELECT t.id FROM {view} AS t WHERE t.id = ANY (s.part) {conditions} ORDER BY t.id) AS found"
    " FROM (SELECT ARRAY({ids}) AS part OFFSET 0) AS s WHERE s.part <> '{{}}') AS f"
    " WHERE w.number < {wanted} AND {dense})"
)
WALKED = sql.SQL("SELECT id FROM (SELECT unnest(found) AS id FROM walk) AS u ORDER BY id LIMIT {most} OFFSET {offset}")


def walk(
    *,
    after: sql.Composable,
    view: sql.Composable,
    conditions: sql.Composable,
    ids: sql.Composable,
    wanted: sql.Composable,
    first: int,
    dense: sql.Composable,
) -> sql.Composed:
    """SQL: the common table `walk` (recursive): `wanted` ids that match, or all to the end of the layer.

    `ids` gives up to `w.size` ids of the layer after `w.last`; nothing is walked unless `dense` is true.
    """
    return WALK.format(
        after=after,
        first=sql.Literal(min(first, GREATEST)),
        growth=sql.Literal(GROWTH),
        greatest=sql.Literal(GREATEST),
        view=view,
        conditions=conditions,
        ids=ids,
        wanted=wanted,
        dense=dense,
    )
