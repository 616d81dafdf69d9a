"""The ground that all are measured on: parcels in our schema, and the same ones in a plain table.

The plain table has exactly the published columns, its rows in the order of their place and an index on id and outline:
what a program that knows of no right and no past would read.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from gis import counting, generalising, versions
from tests import databases

OWNERS = 5
FILL = Path(__file__).with_name("parcels.sql").read_text()
CHANCE = (
    "CREATE FUNCTION pg_temp.chance(n bigint, of_what int) RETURNS float8 IMMUTABLE LANGUAGE sql AS"
    " 'SELECT (hashint8extended(n, of_what) & 2147483647) / 2147483648.0::float8'"
)
PLAIN = """
CREATE SCHEMA bench;
CREATE TABLE bench.parcels AS SELECT * FROM pub.parcels;
ALTER TABLE bench.parcels ADD PRIMARY KEY (id), ALTER COLUMN geom TYPE geometry(MultiPolygon, 4326);
CREATE INDEX parcels_geom ON bench.parcels USING gist (geom);
CLUSTER bench.parcels USING parcels_geom;
"""


@contextmanager
def laid(rows: int, label: str, *, bare: bool = False) -> Iterator[str]:
    """The name of a database with so many parcels; dropped in the end. `bare`: without tiles and the plain table."""
    databases.start()
    name = databases.clone(databases.template(), label=f"bench_{label}")
    try:
        with databases.pointed_at(name), databases.superuser(name) as root:
            fill(root, rows, bare=bare)
        yield name
    finally:
        with databases.superuser() as root:
            databases.drop(root, name)


def fill(root: psycopg.Connection, rows: int, *, bare: bool = False) -> None:
    """Parcels without their triggers, and all that is kept of them, as it is when the server runs."""
    root.execute("SET statement_timeout = 0; SET session_replication_role = replica")
    root.execute(
        "INSERT INTO territory_authority (code, kind, name_ar, working_crs, publishes_parcels, geom) SELECT"
        " 'bench-' || n, 'municipality', 'قياس', 'EPSG:32640', true, ST_Multi(ST_MakeEnvelope(56, 23, 60, 30, 4326))"
        " FROM generate_series(0, %s) AS n",
        [OWNERS - 1],
    )
    root.execute(CHANCE)
    root.execute(FILL, {"rows": rows})
    root.execute("SET session_replication_role = origin; ANALYZE parcels_parcel")
    if not bare:
        generalising.follow(anew=True)
        versions.follow(anew=True)
        root.execute(PLAIN)
    root.execute("VACUUM ANALYZE")
    root.execute("CHECKPOINT")
    counting.follow()
