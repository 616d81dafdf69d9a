"""T28: a box query uses the spatial index, for every published layer × everybody who may read it.

Row-level security hides the index from any test that is not leakproof; the flag is lost when the extension is upgraded
or the database restored, and nothing else would say so. Speed is not measured here: the plan's shape is.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from gis.layers import Layer, registry
from tests import databases
from tests.apps.accounts.city import Two, acting_for_both, desk_session, one_row_each, two_authorities, web_session
from tests.rows import make

ROWS = 4000  # a table: enough that reading all of it is plainly the worse plan
BOX = "ST_MakeEnvelope(61.0, 11.0, 61.15, 11.15, 4326)"

READERS: dict[str, tuple[str, ...]] = {
    "anonymous": ("pub",),
    "web as an officer": ("own", "desk", "pub", "agency"),
    "web for all authorities": ("own", "desk"),
    "an officer's own login": ("own", "desk", "pub"),
}


def spread(root: psycopg.Connection, table: str) -> None:
    """Copy the table's rows all over a square of two degrees around (61, 11), past triggers and row-level security."""
    columns = root.execute(
        """
        SELECT attname, format_type(atttypid, atttypmod) LIKE 'geometry%%', atttypid = 'uuid'::regtype, EXISTS (
            SELECT FROM pg_index i WHERE i.indrelid = attrelid AND i.indisunique AND attnum = ANY (i.indkey))
            AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = attrelid AND contype = 'f'
                AND attnum = ANY (conkey))
        FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped
            AND attgenerated = '' AND attname <> 'id'
        """,
        [f'"{table}"'],
    ).fetchall()
    values = {}
    for name, is_geometry, is_uuid, is_unique in columns:
        if is_geometry:
            east = f'61 - ST_XMin("{name}") + (g %% 63) * 0.03'
            north = f'11 - ST_YMin("{name}") + (g / 63) * 0.03'
            values[name] = f'ST_Translate("{name}", {east}, {north})'
        elif is_unique:
            values[name] = "gen_random_uuid()" if is_uuid else "t.ctid::text || g"
        else:
            values[name] = f't."{name}"'
    listed = ", ".join(f'"{name}"' for name in values)
    with root.transaction():
        root.execute("SET LOCAL session_replication_role = replica")
        root.execute(
            f'INSERT INTO "{table}" ({listed}) SELECT {", ".join(values.values())} '  # type: ignore[arg-type]
            f'FROM "{table}" t, generate_series(1, %s / (SELECT count(*)::int FROM "{table}")) g',
            [ROWS],
        )
    if table == "reports_report":  # the trigger that keeps it was passed by
        root.execute("UPDATE reports_report SET public_place = gis_cell(geom, 100)")
    root.execute(SQL("ANALYZE {}").format(Identifier(table)))


def reads_badly(session: psycopg.Connection, view: str, table: str) -> str | None:
    """Why the plan of a box query on the view is bad; None when it is good.

    Rows of the layer's own table count, and those that a join throws away: of a small table that is looked up beside it
    (authorities, which are four thousand here and a dozen elsewhere) the planner may well read all.
    """
    query = f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) SELECT id FROM {view} WHERE geom && {BOX}"
    (plan,) = session.execute(query).fetchone()  # type: ignore[arg-type,misc]
    nodes = list(_nodes(plan[0]["Plan"]))
    returned = plan[0]["Plan"]["Actual Rows"]
    own = [node for node in nodes if node.get("Relation Name", table) == table]
    thrown = ("Rows Removed by Filter", "Rows Removed by Join Filter", "Rows Removed by Index Recheck")
    removed = sum(node.get(name, 0) * node["Actual Loops"] for node in own for name in thrown)
    spatial = [node for node in nodes if "&&" in node.get("Index Cond", "")]
    if not spatial:
        return "no spatial index"
    if returned == 0:
        return "found nothing, so it proves nothing"
    return f"{removed} rows thrown away for {returned}" if removed > 10 * returned else None


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", []):
        yield from _nodes(child)


def opened(reader: str, database: str, two: Two) -> AbstractContextManager[psycopg.Connection]:
    ways: dict[str, Callable[[], AbstractContextManager[psycopg.Connection]]] = {
        "anonymous": lambda: nullcontext(databases.login("public", database)),
        "web as an officer": lambda: web_session(database, two.officer),
        "web for all authorities": lambda: web_session(database, two.national),
        "an officer's own login": lambda: desk_session(database, two.officer, two.here),
    }
    return ways[reader]()


def bad_plans(database: str, two: Two, layers: list[Layer]) -> dict[tuple[str, str], str]:
    found = {}
    for reader, schemas in READERS.items():
        with opened(reader, database, two) as session:
            session.execute("SET statement_timeout = '30s'")
            for layer in layers:
                for schema in schemas:
                    if reason := reads_badly(session, f"{schema}.{layer.view}", layer.table):
                        found[reader, f"{schema}.{layer.view}"] = reason
    return found


def fill(database: str, two: Two, layers: list[Layer]) -> None:
    """Rows of both authorities in every table of the layers."""
    with databases.superuser(database) as root:
        for table, model in {layer.table: layer.model for layer in layers}.items():
            if table == "territory_basefeature":
                for kind in ("land", "water", "wadi", "road", "building", "place"):
                    make_both(two, model, kind=kind)
            elif any(field.name == "authority" for field in model._meta.concrete_fields):
                one_row_each(two, model)
            else:
                make(model)
                root.execute(SQL("UPDATE {} SET geom = %s").format(Identifier(table)), [square_ewkt()])
            spread(root, table)


def make_both(two: Two, model: Any, **values: Any) -> None:
    with acting_for_both(two):
        make(model, authority=two.here, **values)
        make(model, authority=two.there, **values)


def square_ewkt() -> str:
    return "SRID=4326;MULTIPOLYGON(((61 11,61.001 11,61.001 11.001,61 11.001,61 11)))"


@pytest.fixture
def two(committed_db: str) -> Two:
    return two_authorities()


def test_box_queries_use_the_spatial_index(committed_db: str, two: Two) -> None:
    layers = list(registry)
    fill(committed_db, two, layers)
    bad = bad_plans(committed_db, two, layers)
    assert bad == {}, "\n".join(f"{who} reads {view}: {why}" for (who, view), why in bad.items())


def test_without_the_leakproof_flag_it_is_noticed(committed_db: str, two: Two) -> None:
    layers = [registry["wells"], registry["streets"]]
    fill(committed_db, two, layers)
    with databases.superuser(committed_db) as root:
        root.execute("ALTER FUNCTION geometry_overlaps(geometry, geometry) NOT LEAKPROOF")
    assert len(bad_plans(committed_db, two, layers)) >= 4
