"""Wilayats say whose governorate they are in, which another record knows: their far tiles read it through the view.

What is kept generalised gives the shapes alone. The tile says what it would say cut from the records, at every moment.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from gis import generalising, tiles
from gis.db import generalised
from gis.layers import AGENCIES, PUBLIC, registry
from gis.mercator import Address
from tests import databases

from .test_tiles import LAT, LON, around, decoded

WILAYATS = registry["wilayats"]
FAR = [around(z) for z in (0, 5, 8, 11)]
FIELDS = ("id", "code", "name_ar", "name_en", "governorate")
Compare = Callable[[], None]
# Round, so that simplifying does something; the second reaches over the edge of a tile.
LAND = (
    "INSERT INTO territory_governorate (code, name_ar, name_en, geom, valid_from)"
    " SELECT 'G' || i, 'محافظة ' || i, 'Governorate ' || i, ST_Multi(ST_Buffer(ST_SetSRID(ST_MakePoint("
    f"{LON} + i, {LAT}), 4326), 0.9)), '2020-01-01' FROM generate_series(1, 2) i;"
    " INSERT INTO territory_wilayat (code, name_ar, name_en, governorate_id, geom, valid_from)"
    " SELECT g.code || '-' || i, 'ولاية ' || i, 'Wilayat ' || i, g.id, ST_Multi(ST_Buffer(ST_SetSRID(ST_MakePoint("
    f"{LON} + i * 0.11, {LAT} + (i %% 3) * 0.1), 4326), 0.02 + i * 0.01, 32)), '2020-01-01'"
    " FROM territory_governorate g, generate_series(1, 6) i"
).replace("%%", "%")


@pytest.fixture
def root(committed_db: str) -> Iterator[psycopg.Connection]:
    with databases.superuser(committed_db) as session:
        session.execute(LAND)
        generalising.follow()
        yield session


def said(cut: tiles.Tile, folder: Path, at: Address) -> list[Any]:
    """Everything in the tile: the outlines with what they say, and the points of their names."""
    lines = []
    for layer in ("wilayats", "wilayats.label") if cut.content else ():
        table = decoded(cut, folder, at, layer)
        lines.append(sorted(zip(*(table[name] for name in FIELDS), table.geometry.to_wkt(), strict=True)))
    return lines


@pytest.fixture
def compare(root: psycopg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Compare:
    """The tiles of everybody and of agencies, from what is kept and from the records: the same, byte for byte too."""

    def run() -> None:
        for at in FAR:
            zoom = tiles.zoom_at(WILAYATS, at[0])
            kind = generalised.kinds()["wilayats", zoom.level] if zoom else None
            for audience in (PUBLIC, AGENCIES):
                assert kind is not None
                assert generalising.ready(kind, audience), kind.name
                kept = tiles.tile(WILAYATS, audience, *at)
                with monkeypatch.context() as patch:
                    patch.setattr(generalising, "ready", lambda kind, audience: False)
                    fresh = tiles.tile(WILAYATS, audience, *at)
                assert said(kept, tmp_path, at) == said(fresh, tmp_path, at), (at, audience)
                assert kept.dropped == fresh.dropped == 0

    return run


def test_what_another_record_knows_is_not_kept_with_the_shape(root: psycopg.Connection):
    """Else this file would prove nothing."""
    for (layer, _level), kind in generalised.kinds().items():
        if layer == "wilayats":
            assert [field.name for field in kind.said] == ["code", "name_ar", "name_en"]


def test_far_tiles_say_what_the_records_say(root: psycopg.Connection, compare: Compare, tmp_path: Path):
    compare()
    outlines, names = said(tiles.tile(WILAYATS, PUBLIC, *FAR[1]), tmp_path, FAR[1])
    assert len(outlines) == 12
    assert {line[-2] for line in outlines} == {"G1", "G2"}
    assert len(names) == 12


CHANGES = {
    "the other record": "UPDATE territory_governorate SET code = 'NEW' WHERE code = 'G1'",
    "to which it belongs": "UPDATE territory_wilayat SET governorate_id ="
    " (SELECT id FROM territory_governorate WHERE code = 'G2') WHERE code IN ('G1-2', 'G1-3')",
    "its name": "UPDATE territory_wilayat SET name_ar = 'اسم جديد', name_en = 'New' WHERE code = 'G2-4'",
    "its outline": "UPDATE territory_wilayat SET geom = ST_Translate(geom, 0.3, -0.2) WHERE code LIKE 'G1-%'",
    "its end": "UPDATE territory_wilayat SET valid_to = '2021-01-01' WHERE code = 'G2-1'",
    "its place in the table": "DELETE FROM territory_wilayat WHERE code = 'G1-6'",
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_said_before_and_after_it_is_followed(
    change: str, root: psycopg.Connection, compare: Compare, tmp_path: Path
):
    before = said(tiles.tile(WILAYATS, PUBLIC, *FAR[1]), tmp_path, FAR[1])
    root.execute(CHANGES[change])
    compare()
    assert said(tiles.tile(WILAYATS, PUBLIC, *FAR[1]), tmp_path, FAR[1]) != before
    generalising.follow()
    compare()
