"""What is kept for far zooms says nothing while it does not say what the records say, whoever asks and whenever."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import transaction

from gis import generalising, tiles
from gis.layers import OFFICERS, PUBLIC
from tests import databases
from tests.apps.accounts.city import web_session

from .test_generalising import CELLS, EVERYWHERE, PARCELS, WORLD, Ground, acting, followed, shapes, total
from .test_tiles import around

BEHIND = {
    "not filled": "DELETE FROM spatial_follower WHERE name LIKE 'tiles:%'",
    "of yesterday": "UPDATE tiles.kind SET day = gis_today() - 1",
    "closed meanwhile": "UPDATE territory_authority SET publishes_parcels = false WHERE code = 'here'",
    "very many changes": "UPDATE parcels_parcel SET land_use = 'mixed'",
}


@pytest.fixture
def ground(committed_db: str) -> Iterator[Ground]:
    with followed(committed_db) as found:
        found.add(found.two.here, 1_000, north=0.2)
        generalising.follow()
        yield found


@pytest.mark.parametrize("reason", BEHIND)
def test_sql_is_told_nothing_rather_than_half_of_the_truth(reason: str, ground: Ground):
    asked = [f"SELECT FROM {{}}.parcels_6_cells{EVERYWHERE}", f"SELECT FROM {{}}.parcels_12_shapes{WORLD}"]
    with databases.login("public", ground.database) as public, web_session(ground.database, ground.two.officer) as web:
        for statement in asked:
            assert public.execute(statement.format("pub")).fetchone() is not None
        ground.root.execute(BEHIND[reason])
        for session, schema in ((public, "pub"), (web, "pub"), (web, "own")):
            for statement in asked:
                with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match=r"parcels_(6|12) does not say"):
                    session.execute(statement.format(schema))


@pytest.mark.parametrize("reason", BEHIND)
def test_a_tile_that_was_begun_is_cut_from_the_records(
    reason: str, ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """As though it had been up to them when it was asked; inside a transaction too, which goes on."""
    ground.root.execute(BEHIND[reason])
    assert not generalising.ready(CELLS, PUBLIC)
    monkeypatch.setattr(generalising, "ready", lambda kind, audience: True)
    here, everybody = 1_040, 0 if reason == "closed meanwhile" else 1_040
    assert total(tiles.tile(PARCELS, PUBLIC, *around(6)), tmp_path, around(6)) == everybody
    assert len(shapes(tiles.tile(PARCELS, PUBLIC, *around(12)), tmp_path, around(12))) == min(everybody, 40)
    with acting(ground.two.officer), transaction.atomic():
        assert total(tiles.tile(PARCELS, OFFICERS, *around(6)), tmp_path, around(6)) == here
