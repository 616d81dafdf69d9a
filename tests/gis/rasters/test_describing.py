"""What a raster is like as a whole, said of ground whose answers are known."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gis.rasters import describing
from gis.rasters.importing import folder
from tests.terrain import CELLS, rising_northwards


@pytest.fixture
def hill(db: None, tmp_path: Path) -> Iterator[Any]:
    """Heights from 1 to 300 m, as many cells of each."""
    with rising_northwards((58.1, 23.5, 58.101, 23.501), tmp_path) as raster:
        yield raster


def test_its_cells_and_how_its_values_are_spread(hill: Any):
    found = describing.spread(hill)
    assert found is not None
    assert (found.columns, found.rows, found.covered) == (CELLS, CELLS, 1.0)
    assert found.mean == pytest.approx((CELLS + 1) / 2)
    assert found.half == pytest.approx((CELLS / 4 + 0.75, CELLS * 3 / 4 + 0.25))
    assert found.size == (folder() / hill.file).stat().st_size


def test_of_a_large_one_an_overview_is_looked_at(hill: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(describing, "MOST_ACROSS", 50)
    describing._read.cache_clear()
    found = describing.spread(hill)
    describing._read.cache_clear()
    assert found is not None
    assert (found.columns, found.rows) == (CELLS, CELLS)
    assert found.mean == pytest.approx((CELLS + 1) / 2, abs=CELLS / 50)


@pytest.mark.parametrize("content", [None, b"no GeoTIFF"])
def test_a_file_that_is_gone_or_broken_says_nothing(hill: Any, content: bytes | None):
    describing._read.cache_clear()
    file = folder() / hill.file
    file.unlink()
    if content:
        file.write_bytes(content)
    assert describing.spread(hill) is None
    assert describing.is_there(hill) == bool(content)
