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
