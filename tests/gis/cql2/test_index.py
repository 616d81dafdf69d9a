"""A filter reaches the indexes through a view that has a barrier, as the published views have."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connections
from psycopg import sql

from gis.cql2 import Kind, condition, read
from tests import databases
from tests.gis.cql2.ogc import scope

KINDS: dict[str, Kind] = {
    "land_use": "text",
    "plot_no": "text",
    "seen": "datetime",
    "ways": "texts",
    "geom": "geometry",
}
MAKE = """
CREATE TABLE plots AS
SELECT n AS id, 'P' || n AS plot_no, (ARRAY['residential', 'commercial', 'industrial'])[1 + n % 3] AS land_use,
       CASE WHEN n % 200 = 0 THEN ARRAY['sms', 'app'] ELSE ARRAY['web'] END AS ways,
       TIMESTAMPTZ '2026-01-01Z' + n * interval '1 minute' AS seen, n % 2 = 0 AS published,
       ST_MakeEnvelope(58 + (n % 200) * .001, 23 + (n / 200) * .001, 58.0008 + (n % 200) * .001,
                       23.0008 + (n / 200) * .001, 4326) AS geom
FROM generate_series(1, 20000) AS n;
CREATE INDEX plots_gix ON plots USING gist (geom);
CREATE INDEX plots_no ON plots (plot_no);
CREATE INDEX plots_ways ON plots USING gin (ways);
CREATE INDEX plots_seen ON plots (seen);
CREATE FUNCTION pg_temp.shown(boolean) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN $1; END';
CREATE VIEW shown WITH (security_barrier) AS SELECT * FROM plots WHERE pg_temp.shown(published);
ANALYZE plots;
"""


@pytest.fixture(scope="module")
def barrier(django_db_setup: None, django_db_blocker: Any) -> Iterator[psycopg.Connection]:
    name = str(connections["default"].settings_dict["NAME"])
    with databases.superuser(name) as session, session.transaction(force_rollback=True):
        session.execute(MAKE)
        yield session


def plan(session: psycopg.Connection, text: str) -> str:
    asked = scope(KINDS)
    where = condition(read(text), asked)
    question = sql.SQL("EXPLAIN (COSTS OFF) SELECT t.id FROM shown AS t WHERE {}").format(where)
    cursor = psycopg.ClientCursor(session)
    return "\n".join(line for (line,) in cursor.execute(question, asked.values).fetchall())


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("land_use = 'commercial' AND S_INTERSECTS(geom, BBOX(58.01, 23.01, 58.02, 23.02))", "plots_gix"),
        ("S_INTERSECTS(geom, POLYGON((58.01 23.01, 58.02 23.01, 58.02 23.02, 58.01 23.01)))", "plots_gix"),
        ("S_INTERSECTS(POINT(58.01 23.01), geom)", "plots_gix"),
        ("S_WITHIN(geom, BBOX(58.01, 23.01, 58.02, 23.02))", "plots_gix"),
        ("S_CONTAINS(geom, POINT(58.0104 23.0104))", "plots_gix"),
        ("S_EQUALS(geom, BBOX(58.01, 23.01, 58.0108, 23.0108))", "plots_gix"),
        ("S_DWITHIN(geom, POINT(58.01 23.01), 50)", "plots_gix"),
        ("plot_no = 'P77'", "plots_no"),
        ("'P77' = plot_no", "plots_no"),
        ("plot_no IN ('P77', 'P78')", "plots_no"),
        ("plot_no BETWEEN 'P77' AND 'P771'", "plots_no"),
        ("seen < TIMESTAMP('2026-01-01T01:00:00Z')", "plots_seen"),
        ("seen = DATE('2026-01-03')", "plots_seen"),
        ("A_CONTAINS(ways, ('sms'))", "plots_ways"),
        ("A_OVERLAPS(('sms', 'meter'), ways)", "plots_ways"),
        ("A_EQUALS(ways, ('app', 'sms'))", "plots_ways"),
        ("T_DURING(seen, INTERVAL('2026-01-01T00:00:00Z', '2026-01-01T01:00:00Z'))", "plots_seen"),
        ("T_BEFORE(seen, TIMESTAMP('2026-01-01T01:00:00Z'))", "plots_seen"),
    ],
)
def test_a_filter_reaches_the_index_through_a_barrier(barrier: psycopg.Connection, text: str, index: str):
    told = plan(barrier, text)
    assert index in told, told
    assert "Index Cond" in told, told
