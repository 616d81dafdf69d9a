"""A layer of parcels into a GeoDataFrame, against the quickest known way: Arrow's own driver, then GEOS.

The driver logs in by itself as the public's login and asks for the same columns of the same view, with the casts that
suit it best (text for ids, doubles for decimals). Each turn is a process of its own, so that its memory can be told.
"""

import argparse
import json
import os
import subprocess
import sys
from urllib.parse import quote

from psycopg.conninfo import conninfo_to_dict

from tests import databases
from tests.bench import feed
from tests.bench.line import Line, Pair

ASKED = (
    "SELECT id::text, authority, plot_no, block_no, land_use, legal_area_m2::float8, ST_AsBinary(geom) AS geom"
    " FROM pub.parcels"
)
OURS = """
import django; django.setup()
from tests import databases
databases.start(); databases.point_django_at({database!r})
from gis import frames
from gis.layers import PUBLIC
import resource, time
began = time.monotonic()
found = frames.frame("parcels", PUBLIC)
"""
THEIRS = """
import resource, time
import adbc_driver_postgresql.dbapi as driver
import geopandas, pandas, shapely
began = time.monotonic()
with driver.connect({address!r}) as session, session.cursor() as cursor:
    cursor.execute("SET statement_timeout = 0")
    cursor.execute({asked!r})
    table = cursor.fetch_arrow_table()
shapes = shapely.from_wkb(table["geom"].to_numpy(zero_copy_only=False))
found = geopandas.GeoDataFrame(table.drop_columns(["geom"]).to_pandas(), geometry=shapes, crs=4326)
"""
TOLD = """
import json
seconds = time.monotonic() - began
print(json.dumps([seconds, len(found), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024]))
"""


def measure(options: argparse.Namespace) -> list[Line]:
    databases.start()
    name = databases.clone(databases.template(), label="bench")
    with databases.superuser(name) as root:
        feed._fill(root, options.rows)
    ours, theirs = OURS.format(database=name), THEIRS.format(address=_address(name), asked=ASKED)
    pairs, memory = [], (0, 0)
    for _turn in range(options.pairs):
        (seconds, rows, most), (others, same, beside) = _run(ours), _run(theirs)
        if not rows == same == options.rows:
            raise RuntimeError(f"{rows} and {same} rows of {options.rows}")
        pairs.append(Pair(seconds, others))
        memory = (max(memory[0], most), max(memory[1], beside))
    with databases.superuser() as root:
        databases.drop(root, name)
    note = f"{memory[0]} MiB at most, the driver {memory[1]}"
    return [Line("parcels into a GeoDataFrame", "ADBC, then GEOS", tuple(pairs), note)]


def _run(code: str) -> tuple[float, int, int]:
    done = subprocess.run([sys.executable, "-c", code + TOLD], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    seconds, rows, memory = json.loads(done.stdout.splitlines()[-1])
    return seconds, rows, memory


def _address(name: str) -> str:
    """The public login's address as the driver's library takes it."""
    parts = conninfo_to_dict(databases._address(os.environ["PUBLIC_DATABASE_URL"], name))
    login = f"{quote(str(parts['user']))}:{quote(str(parts.get('password', '')))}"
    return f"postgresql://{login}@/{name}?host={quote(str(parts['host']), safe='')}&port={parts.get('port', 5432)}"
