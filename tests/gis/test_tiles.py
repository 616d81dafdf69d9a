"""Vector tiles: what they carry at which zoom, whom they show what, and how they stay small."""

import math
from pathlib import Path
from typing import Any

import pyogrio
import pytest
from django.contrib.gis.geos import GEOSGeometry, Point
from psycopg import sql

from gis import mercator, published
from gis.layers import AGENCIES, PUBLIC, registry
from gis.tiles import WEB_MERCATOR, Asked, NoSuchTile, Square, Tile, budget, cells, tile
from tests.apps.accounts.city import Two, acting_for_both, two_authorities
from tests.rows import make

PARCELS, WELLS = registry["parcels"], registry["wells"]
LON, LAT = 58.3, 23.6


def around(z: int, lon: float = LON, lat: float = LAT) -> tuple[int, int, int]:
    across = 2**z
    row = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * across
    return z, int((lon + 180) / 360 * across), int(row)


def decoded(cut: Tile, folder: Path, address: tuple[int, int, int], layer: str = "parcels") -> Any:
    """A layer of the tile as GDAL reads it, in EPSG:3857."""
    z, x, y = address
    file = folder / f"{z}-{x}-{y}.mvt"
    file.write_bytes(cut.content)
    return pyogrio.read_dataframe(file, layer=layer, X=x, Y=y, Z=z)


def square(place: int, side: float = 0.0004) -> GEOSGeometry:
    x, y = LON + (place % 10) * 0.0006, LAT + (place // 10) * 0.0006
    ring = f"{x} {y}, {x + side} {y}, {x + side} {y + side}, {x} {y + side}, {x} {y}"
    return GEOSGeometry(f"SRID=4326;MULTIPOLYGON((({ring})))")


@pytest.fixture
def two(committed_db: str) -> Two:
    """Twenty parcels of here around a point, the first the biggest, and a well."""
    two = two_authorities()
    with acting_for_both(two):
        for place in range(20):
            make(
                PARCELS.model,
                authority=two.here,
                plot_no=f"{place}",
                legal_area_m2=100 + place,
                geom=square(place, 0.0005 if place == 0 else 0.0004),
            )
        make(WELLS.model, authority=two.here, number="W1", geom=Point(LON, LAT, srid=4326))
    return two


def test_a_tile_carries_the_declared_fields(two: Two, tmp_path: Path):
    at = around(14)
    table = decoded(tile(PARCELS, PUBLIC, *at), tmp_path, at)
    assert {"id", "plot_no", "land_use", "legal_area_m2"} <= set(table.columns)
    assert not {"owner", "deed_no", "krooki_no"} & set(table.columns)
    assert sorted(table["plot_no"], key=int) == [str(place) for place in range(20)]
    coarser = around(12)
    assert {"id", "land_use"} == set(decoded(tile(PARCELS, PUBLIC, *coarser), tmp_path, coarser).columns) - {
        "geometry", "mvt_id"
    }  # fmt: skip


def test_the_layer_has_its_id_for_a_name(two: Two, tmp_path: Path):
    at = around(16)
    file = tmp_path / "one.mvt"
    file.write_bytes(tile(PARCELS, PUBLIC, *at).content)
    assert [name for name, _kind in pyogrio.list_layers(file)] == ["parcels", "parcels.label"]


def test_an_area_is_named_in_one_tile_only(two: Two, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A point for each area, with no more fields than the area itself has."""
    monkeypatch.setattr(budget, "NAMED_PIXELS", 0)
    at = around(14)
    cut = tile(PARCELS, PUBLIC, *at)
    names = decoded(cut, tmp_path, at, "parcels.label")
    assert sorted(names["plot_no"], key=int) == [str(place) for place in range(20)]
    assert set(names.geometry.geom_type) == {"Point"}
    assert set(names.columns) == set(decoded(cut, tmp_path, at).columns)


def test_an_area_without_room_for_its_name_has_none(two: Two, tmp_path: Path):
    """At zoom 15 a pixel of 512 is 2.2 m wide here: the first parcel is 25 of them high, the others 20 and less."""
    at = around(15)
    cut = tile(PARCELS, PUBLIC, *at)
    assert len(decoded(cut, tmp_path, at)) > 10
    assert list(decoded(cut, tmp_path, at, "parcels.label")["plot_no"]) == ["0"]


def test_the_public_tile_knows_the_square_of_a_well_only(two: Two, tmp_path: Path):
    at = around(14)
    public = decoded(tile(WELLS, PUBLIC, *at), tmp_path, at, "wells")
    assert set(public.columns) - {"geometry", "mvt_id"} == {"id", "use"}
    assert set(public.geometry.geom_type) <= {"Polygon", "MultiPolygon"}
    agency = decoded(tile(WELLS, AGENCIES, *at), tmp_path, at, "wells")
    assert "number" not in agency.columns
    assert list(agency["use"]) == list(public["use"])
    assert set(agency.geometry.geom_type) == {"Point"}


def test_far_off_a_grid_counts(two: Two, tmp_path: Path):
    at = around(8)
    table = decoded(tile(PARCELS, PUBLIC, *at), tmp_path, at)
    assert "id" not in table.columns
    assert table["count"].sum() == 20


def test_cells_divide_the_tiles(two: Two):
    """The counts of all tiles of a level are the number of features: none is counted twice or lost at an edge."""
    z, x, y = around(9)
    total = 0
    for dx in (-1, 0, 1):
        for dy in (-1, 0, 1):
            with published.reading(PUBLIC) as cursor:
                _names, rows = cells.cells(
                    Asked(PARCELS, PUBLIC, Square(WEB_MERCATOR, z, x + dx, y + dy)), PARCELS.zooms[-1], 1000, None
                )
                published.execute(cursor, sql.SQL("SELECT coalesce(sum(count), 0) FROM ({}) r").format(rows))
                total += cursor.fetchone()[0]
    assert total == 20


def test_a_layer_begins_at_its_first_zoom(two: Two):
    assert tile(PARCELS, PUBLIC, *around(5)).content == b""
    assert tile(registry["address-units"], PUBLIC, *around(14)).content == b""


def test_where_nothing_is_the_tile_is_empty(two: Two):
    assert tile(PARCELS, PUBLIC, *around(14, 10, 10)) == Tile(b"", 0)


@pytest.mark.parametrize("address", [(-1, 0, 0), (23, 0, 0), (3, 8, 0), (3, 0, 8), (3, -1, 0), (10**9, 0, 0)])
def test_there_are_no_other_tiles(address: tuple[int, int, int]):
    with pytest.raises(NoSuchTile):
        tile(PARCELS, PUBLIC, *address)


def test_a_crowded_tile_keeps_the_biggest(two: Two, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(budget, "MOST_FEATURES", 5)
    at = around(14)
    cut = tile(PARCELS, PUBLIC, *at)
    table = decoded(cut, tmp_path, at)
    assert (len(table), cut.dropped) == (5, 15)
    assert "0" in set(table["plot_no"])


def test_a_heavy_tile_is_halved_until_it_fits(two: Two, monkeypatch: pytest.MonkeyPatch):
    at = around(14)
    whole = tile(PARCELS, PUBLIC, *at)
    monkeypatch.setattr(budget, "MOST_BYTES", len(whole.content) // 3)
    cut = tile(PARCELS, PUBLIC, *at)
    assert 0 < len(cut.content) <= len(whole.content) // 3
    assert cut.dropped >= 10


def test_neighbours_overlap_by_the_buffer():
    z, x, y = around(14)
    assert mercator.degree_box(z, x, y, budget.MARGIN)[2] > mercator.degree_box(z, x + 1, y, budget.MARGIN)[0]
    assert mercator.mercator_box(0, 0, 0) == (-mercator.HALF, -mercator.HALF, mercator.HALF, mercator.HALF)
    west, south, east, north = mercator.degree_box(0, 0, 0, budget.MARGIN)
    assert (west, east) == (-180, 180)
    assert north == -south == pytest.approx(85.3, abs=0.3)
