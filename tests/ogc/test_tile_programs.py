"""Tiles over the wire: GDAL follows the standard's links to them, and no address makes the server fail (T4)."""

import json
import logging
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

import pytest

from gis.tiles import MATRIX_SETS
from tests.hostile.texts import TEXTS
from tests.servers import live_site

from .ground import Ground

READ = (
    "import json, sys, pyogrio; t = pyogrio.read_dataframe(sys.argv[1], layer='Zoom level 13', API='TILES',"
    " TILEMATRIXSET='WorldCRS84Quad'); print(json.dumps({'names': sorted(t.columns), 'bounds': list(t.total_bounds),"
    " 'plots': sorted(set(t['plot_no']))}))"
)
BAD = ("", "-1", "1e3", "0x1", "٣", "1.5", "null", "NaN", "9" * 400, "..", "{z}", "1;DROP TABLE x", "2147483648")
LONG = [pytest.mark.long, pytest.mark.timeout(1200)]


@pytest.fixture(scope="module")
def address(ground: Ground) -> Iterator[str]:
    with live_site() as at:
        yield f"{at}/ogc"


def test_gdal_finds_the_tiles_by_the_links_and_reads_them(address: str, ground: Ground):
    """In degrees, by its driver for OGC API. A process of its own: GDAL holds the lock of Python while it waits."""
    command = [sys.executable, "-c", READ, f"OGCAPI:{address}/collections/parcels"]
    done = subprocess.run(command, capture_output=True, timeout=240, text=True)
    assert done.returncode == 0, done.stderr[-1500:]
    read = json.loads(done.stdout)
    assert {"id", "plot_no", "land_use", "geometry"} <= set(read["names"])
    assert "owner" not in read["names"]
    rows = ground.rows["parcels"]
    assert read["plots"] == sorted({row.plot_no for row in rows})
    west, south, east, north = zip(*(row.geom.extent for row in rows), strict=True)
    unit = 180 / 2**13 / 4096
    assert read["bounds"] == pytest.approx([min(west), min(south), max(east), max(north)], abs=unit)


@pytest.mark.parametrize("many", [1_000, pytest.param(10_000, marks=LONG)])
def test_malformed_addresses_are_refused(ground: Ground, many: int):
    """Each is answered with 400 or 404, never with an error of ours."""
    chance = random.Random(4)
    odd = ["%00", "%ff", *(quote(text, safe="") for text in (*BAD, *TEXTS))]
    client = ground.client("anonymous")
    client.raise_request_exception = False
    with disabled_below(logging.CRITICAL):
        for _one in range(many):
            path = malformed(chance, odd)
            answer = client.get(f"/ogc{path}")
            assert answer.status_code in (400, 404), (path, answer.status_code, answer.content[:300])


@contextmanager
def disabled_below(level: int) -> Iterator[None]:
    """Ten thousand lines about what was not found would tell nothing."""
    logging.disable(level)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


def malformed(chance: random.Random, odd: list[str]) -> str:
    """The address of a tile with at least one part that cannot be."""
    above = chance.choice(["", "/collections/parcels", "/collections/wells"])
    parts = [chance.choice([*MATRIX_SETS]), *(str(chance.randrange(8)) for _part in range(3))]
    query: dict[str, str] = {}
    kind = chance.randrange(6)
    if kind < 3:
        for place in chance.sample(range(4), chance.randint(1, 4)):
            parts[place] = chance.choice(odd)
    elif kind == 3:
        level = chance.randrange(40)
        parts[1:] = [str(level), str(2**level + chance.randrange(10**6)), str(chance.randrange(10**6))]
    elif kind == 4:
        query[chance.choice(["f", "lang", "datetime", "collections", "zzz", chance.choice(odd) or "x"])] = (
            f"no{chance.choice(odd)}"
        )
        parts[1:] = ["0", "0", "0"]
    else:
        above = f"/collections/{chance.choice(odd) or 'x'}z"
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return f"{above}/tiles/{'/'.join(parts)}{f'?{asked}' if asked else ''}"
