"""Other people's programs read the feed over the wire: GDAL, of this installation and of the system."""

import json
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from owslib.ogcapi.features import Features

from tests.servers import live_site

from .copying import compare_copy
from .ground import COLLECTIONS, NASTY, Ground


@pytest.fixture(scope="module")
def address(ground: Ground) -> Iterator[str]:
    with live_site() as at:
        yield f"{at}/ogc"


@pytest.mark.parametrize("layer", ["parcels", "wells", "reports", "parking-zones", "governorates"])
def test_ogr2ogr_copies_exactly_the_public_rows_and_fields(address: str, tmp_path: Path, layer: str):
    compare_copy(address, layer, tmp_path)


def gdal(script: str, address: str) -> Any:
    """What a script with GDAL of this installation writes as JSON: a process of its own, for GDAL holds the lock of
    Python while it waits for our server."""
    command = [sys.executable, "-c", f"import json, sys, pyogrio; print(json.dumps({script}))", f"OAPIF:{address}"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, timeout=120).stdout)


def test_gdal_of_this_installation_reads_it_too(address: str):
    listed = gdal("[name for name, kind in pyogrio.list_layers(sys.argv[1])]", address)
    assert set(listed) == {layer.id for layer in COLLECTIONS}
    assert gdal("list(pyogrio.read_dataframe(sys.argv[1], layer='aflaj')['name_ar'])", address) == [NASTY, NASTY]


GEOPANDAS = """
import geopandas, json, sys
found = geopandas.read_file(sys.argv[1] + "/collections/aflaj/items?f=json")
same = geopandas.read_file("OAPIF:" + sys.argv[1], layer="aflaj", bbox=tuple(found.total_bounds))
print(json.dumps({
    "crs": found.crs.to_epsg(), "kinds": sorted(set(found.geom_type)), "names": list(found["name_ar"]),
    "fields": sorted(found.columns), "same": sorted(same["name_ar"]) == sorted(found["name_ar"]),
    "ids": sorted(found["id"]),
}))
"""


def test_geopandas_reads_it_by_its_address_and_by_its_api(address: str, ground: Ground):
    command = [sys.executable, "-c", GEOPANDAS, address]
    told = json.loads(subprocess.run(command, check=True, capture_output=True, timeout=120).stdout)
    assert told["crs"] == 4326
    assert told["same"]
    assert told["names"] == [NASTY, NASTY]
    assert told["ids"] == sorted(str(row.pk) for row in ground.rows["aflaj"])
    assert {"name_en", "kind", "live", "geometry"} <= set(told["fields"])


def test_owslib_lists_filters_and_pages(address: str, ground: Ground):
    feed = Features(address, headers={"Accept": "application/json"})
    assert set(feed.feature_collections()) == {layer.id for layer in COLLECTIONS}
    assert {"plot_no", "land_use"} <= set(feed.collection_queryables("parcels")["properties"])
    parcels = [str(row.pk) for row in ground.rows["parcels"]]
    one = feed.collection_item("parcels", parcels[0])
    plot = one["properties"]["plot_no"]
    found = feed.collection_items("parcels", filter=f"plot_no = '{plot}'", limit=5)
    assert [feature["id"] for feature in found["features"]] == [parcels[0]]
    pages = [feed.collection_items("parcels", limit=1, offset=offset)["features"][0]["id"] for offset in (0, 1)]
    assert sorted(pages) == sorted(parcels)


def test_gdal_follows_the_pages(address: str):
    codes = gdal("list(pyogrio.read_dataframe(sys.argv[1], layer='authorities', PAGE_SIZE=1)['code'])", address)
    assert sorted(codes) == ["here", "there"]


def test_many_at_once_do_not_mix(address: str, ground: Ground):
    """The caller is kept apart for each request: threads that ask for different things get their own."""
    wrong: list[str] = []

    def ask(layer: str) -> None:
        for _round in range(5):
            with urllib.request.urlopen(f"{address}/collections/{layer}/items?lang=en", timeout=60) as answer:
                page = json.loads(answer.read())
            expected = {str(row.pk) for row in ground.rows[layer]}
            if {feature["id"] for feature in page["features"]} != expected:
                wrong.append(layer)

    threads = [threading.Thread(target=ask, args=(layer.id,)) for layer in COLLECTIONS[:6]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
