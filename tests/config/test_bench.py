"""Every measure of bin/bench still measures: a small run of each. Nothing is asserted about its speed.

Of the feed beside other servers (`ogc`) only bin/bench itself can tell: it installs them.
"""

import os
import re
import subprocess
import sys

from apps.config.environment import ROOT
from tests.bench.__main__ import MEASURES

HELD_AGAINST = {
    "imports": [
        ("import_layer parcels (GeoPackage)", "COPY + primary key + GiST"),
        ("import_layer parcels (GeoPackage) again, unchanged", "COPY + primary key + GiST"),
    ],
    "history": [("COPY with history", "COPY without"), ("UPDATE of all rows with history", "UPDATE without")],
    "feed": [
        ("items of a box, 300 features", "bare SQL"),
        ("items of a box, 1,000 of 5,000", "bare SQL"),
        ("tile of zoom 14", "bare SQL"),
        ("one feature", "bare SQL"),
    ],
    "frames": [("parcels into a GeoDataFrame", "ADBC, then GEOS")],
    "home": [
        ("home page, before it can be used", "asked"),
        ("its map, fetched afterwards", "asked"),
        ("usable, processor four times slower", "asked"),
    ],
    "security": [
        ("box as an officer of one of twenty authorities", "no policies"),
        ("box as an officer of all twenty", "no policies"),
        ("box as a superuser", "no policies"),
        ("box as a job of one of twenty authorities", "no policies"),
        ("box as a job of all twenty", "no policies"),
    ],
    "search": [
        ("search, 30 questions", "asked"),
        ("search, 30 questions", "exact lookup"),
        ("reverse, 30 points", "asked"),
        ("reverse, 30 points", "nearest row"),
    ],
    "tiles": [
        (f"tile of zoom {z}, {who}", "cut from the records")
        for who in ("everybody", "an officer")
        for z in range(6, 13)
    ],
}
ROW = re.compile(r"^\| (.+?) \| [\d.,]+ \w+ \| (.+?) \| [\d.,]+ \w+ \| \*\*[\d.]+\*\* \(", re.MULTILINE)


ALONE = [name for name in MEASURES if name != "ogc"]


def test_every_measure_prints_its_table(template_database: str) -> None:
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "apps.config.settings.test"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", *ALONE, "--rows", "400", "--pairs", "1"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    _before, *told = re.split(r"^## (\w+), 400 rows$", done.stdout, flags=re.MULTILINE)
    tables = dict(zip(told[::2], told[1::2], strict=True))
    assert list(tables) == ALONE
    assert {name: ROW.findall(table) for name, table in tables.items()} == HELD_AGAINST
