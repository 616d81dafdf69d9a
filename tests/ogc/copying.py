"""A layer copied from the feed by `ogr2ogr`, beside what the published view says."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from django.db import connections

from gis import published
from gis.layers import Audience, registry


def public_rows(layer: str) -> dict[str, dict[str, Any]]:
    """What the published view says, past all of our own code."""
    view = f'pub."{registry[layer].view}"'
    with connections["public"].cursor() as cursor:
        cursor.execute(f"SELECT * FROM {view} LIMIT 0")
        # Not the geometries: written out, those of a whole cadastre take longer than the public may ask.
        names = ", ".join(f'"{column.name}"' for column in cursor.description if column.name != "geom")
        cursor.execute(f"SELECT row_to_json(v)::text FROM (SELECT {names} FROM {view}) AS v")
        rows = [json.loads(text) for (text,) in cursor.fetchall()]
    return {row.pop("id"): row for row in rows}


def compare_copy(feed: str, layer: str, folder: Path) -> int:
    """Copy the layer of the feed and fail unless it has exactly the public rows and fields; how many there are."""
    ogr2ogr = shutil.which("ogr2ogr")
    assert ogr2ogr, "GDAL's programs are not installed (package gdal-bin): bin/test installs them."
    copy = folder / "copy.geojson"
    subprocess.run([ogr2ogr, "-f", "GeoJSON", copy, f"OAPIF:{feed}", layer], check=True, timeout=600)
    features = json.loads(copy.read_text())["features"]
    wanted = public_rows(layer)
    assert len(features) == len(wanted)
    assert {feature["properties"]["id"] for feature in features} == set(wanted)
    for feature in features:
        said = dict(feature["properties"])
        row = wanted[said.pop("id")]
        # GDAL 3.6 learns fields from values, so one that is empty everywhere is not there.
        assert {name: value for name, value in said.items() if value is not None} == {
            name: value for name, value in row.items() if value is not None
        }
        assert set(said) <= set(published.properties(registry[layer], Audience.PUBLIC))
    return len(features)
