"""Tiles of WorldCRS84Quad, and several layers in one tile."""

from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from psycopg import sql

from gis import generalising, published, tiles
from gis.layers import OFFICERS, PUBLIC, registry
from gis.mercator import HALF
from gis.tiles import WEB_MERCATOR, WORLD_CRS84, Asked, Square, Tile, budget, cells, cut, join
from tests.apps.accounts.city import Two, acting_for_both

from .test_tiles import LAT, LON, PARCELS, WELLS, around, two

__all__ = ["two"]

STREETS = registry["streets"]


def at(z: int) -> Square:
    """The square of WorldCRS84Quad around the parcels."""
    across = 2**z
    return Square(WORLD_CRS84, z, int((LON + 180) / 180 * across), int((90 - LAT) / 180 * across))


def in_units(tile: Tile, folder: Path, layer: str = "parcels") -> Any:
    """The features with their coordinates as the tile writes them: units from its upper left corner, downwards."""
    file = folder / "tile.mvt"
    file.write_bytes(tile.content)
    table = pyogrio.read_dataframe(file, layer=layer, X=0, Y=0, Z=0, CLIP="NO")
    unit = 2 * HALF / budget.UNITS
    table["units"] = shapely.transform(table.geometry.values, lambda xy: (xy * (1, -1) + HALF) / unit)
    return table


def own_cut(geometry: Any, square: Square) -> Any:
    """What shapely makes of the record: its part in the square with the margin, in the units of the tile."""
    west, south, east, north = square.box()
    side = (east - west) / budget.UNITS
    more = budget.BUFFER * side
    part = shapely.clip_by_rect(geometry, west - more, south - more, east + more, north + more)
    return shapely.transform(part, lambda xy: (xy - (west, north)) / (side, -side))


@pytest.mark.parametrize("z", [13, 16, 18, 21])
def test_a_tile_in_degrees_says_what_the_records_say(z: int, two: Two, tmp_path: Path):
    square = at(z)
    table = in_units(cut(Asked(PARCELS, PUBLIC, square)), tmp_path)
    with acting_for_both(two):
        rows = list(PARCELS.model._base_manager.using("owner"))
    records = {str(one.pk): shapely.from_wkb(bytes(one.geom.wkb)) for one in rows}
    reached = {key for key, shape in records.items() if not own_cut(shape, square).is_empty}
    assert set(table["id"]) == reached
    assert reached
    for row in table.itertuples():
        expected = own_cut(records[row.id], square)
        assert shapely.hausdorff_distance(row.units, expected) <= np.sqrt(2)


def test_a_level_carries_what_the_next_zoom_does(two: Two, tmp_path: Path):
    """Squares are as wide as those of the next level of the other set."""
    for z in (5, 11, 13):
        x = cut(Asked(PARCELS, PUBLIC, at(z)))
        y = tiles.tile(PARCELS, PUBLIC, *around(z + 1))
        said = [set(in_units(tile, tmp_path).columns) for tile in (x, y)]
        assert said[0] == said[1]
    assert cut(Asked(PARCELS, PUBLIC, at(4))) == Tile(b"")


@pytest.mark.parametrize("z", [5, 8, 10])
@pytest.mark.parametrize("kept", [True, False])
def test_each_record_is_counted_in_one_tile(z: int, kept: bool, two: Two):
    if kept:
        generalising.follow()
    kind = generalising.generalised.kinds()["parcels", 6] if kept else None
    middle, total = at(z), 0
    for dx in (-1, 0, 1):
        for dy in (-1, 0, 1):
            square = Square(WORLD_CRS84, z, middle.x + dx, middle.y + dy)
            _names, rows = cells.cells(Asked(PARCELS, PUBLIC, square), PARCELS.zooms[-1], 1000, kind)
            with published.reading(PUBLIC) as cursor:
                published.execute(cursor, sql.SQL("SELECT coalesce(sum(count), 0) FROM ({}) r").format(rows))
                total += cursor.fetchone()[0]
    assert total == 20


def test_rows_of_cells_meet_without_gap_or_overlap():
    """From pole to pole: where one square's cells end, the next one's begin."""
    for z in (0, 3, 6):
        ends = 0
        for row in range(2**z):
            block = Square(WORLD_CRS84, z, 0, row).cells(budget.CELL_LEVELS, 12)
            assert block.top == ends
            ends = block.top + block.rows
        assert ends == 2**block.level


@pytest.mark.parametrize("z", [5, 8, 11])
def test_what_is_kept_says_what_the_records_say(z: int, two: Two, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    generalising.follow()
    kept = cut(Asked(PARCELS, PUBLIC, at(z)))
    with monkeypatch.context() as patch:
        patch.setattr(generalising, "ready", lambda kind, audience: False)
        fresh = cut(Asked(PARCELS, PUBLIC, at(z)))
    said = [sorted(map(str, in_units(tile, tmp_path)["units"])) for tile in (kept, fresh)]
    assert said[0] == said[1] != []


def test_a_joined_tile_is_its_layers(two: Two):
    asked = [Asked(layer, PUBLIC, at(13)) for layer in (PARCELS, STREETS, WELLS)]
    assert join(asked) == Tile(b"".join(cut(one).content for one in asked), 0)
    mercator = [Asked(layer, PUBLIC, Square(WEB_MERCATOR, *around(14))) for layer in (PARCELS, WELLS)]
    assert join(mercator).content == b"".join(
        tiles.tile(layer, PUBLIC, *around(14)).content for layer in (PARCELS, WELLS)
    )


def test_a_joined_tile_is_no_heavier_than_one_of_one_layer(two: Two, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The light layer keeps all of its features; the heavy one what is left."""
    asked = [Asked(layer, PUBLIC, at(13)) for layer in (PARCELS, WELLS)]
    heavy, light = (cut(one) for one in asked)
    monkeypatch.setattr(budget, "MOST_BYTES", len(heavy.content) // 2 + len(light.content))
    joined = join(asked)
    assert len(joined.content) <= budget.MOST_BYTES
    assert joined.content.endswith(light.content)
    left = len(in_units(joined, tmp_path))
    assert 0 < left < 20
    assert joined.dropped == 20 - left
    assert len(joined.content) > 0.6 * budget.MOST_BYTES


def test_a_feature_that_does_not_fit_alone_is_left_out(two: Two, monkeypatch: pytest.MonkeyPatch):
    asked = [Asked(layer, PUBLIC, at(13)) for layer in (PARCELS, WELLS)]
    monkeypatch.setattr(budget, "NAMED_PIXELS", 0)
    monkeypatch.setattr(budget, "MOST_BYTES", len(cut(asked[1]).content) + 20)
    joined = join(asked)
    assert (joined.content, joined.dropped) == (cut(asked[1]).content, 20)


@pytest.mark.parametrize("address", [(0, 2, 0), (0, 0, 1), (22, 0, 0), (3, -1, 0), (3, 0, 8)])
def test_there_are_no_other_squares(address: tuple[int, int, int]):
    with pytest.raises(tiles.NoSuchTile):
        cut(Asked(PARCELS, OFFICERS, Square(WORLD_CRS84, *address)))


@pytest.mark.parametrize("matrices", [WEB_MERCATOR, WORLD_CRS84])
def test_the_squares_that_a_box_reaches(matrices: tiles.MatrixSet):
    """By hand: the corners of the box lie in the first and the last of them, and one more is outside."""
    box = (52.0, 16.6, 59.9, 26.4)
    for level in (0, 5, 12, 20):
        found = matrices.reaching(level, box, 0)
        first = Square(matrices, level, found.first_column, found.first_row).degrees()
        last = Square(matrices, level, found.last_column, found.last_row).degrees()
        assert first[0] <= box[0] < first[2]
        assert first[1] < box[3] <= first[3]
        assert last[0] < box[2] <= last[2]
        assert last[1] <= box[1] < last[3]
    whole = matrices.reaching(3, (-180, -90, 180, 90), 1)
    assert whole == (0, 7, 0, 8 * matrices.columns - 1)
