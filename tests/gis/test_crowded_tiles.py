"""A town of 30,000 small plots in one tile: it keeps its bounds, says what it left out, and is encoded once."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker

from gis import generalising, tiles
from gis.db.acting import acting_as
from gis.layers import OFFICERS, PUBLIC, Audience
from gis.mercator import Address, degree_box
from gis.tiles import budget, cutting
from tests import databases
from tests.apps.accounts.city import Two, two_authorities

from .test_tiles import PARCELS, around, decoded

SIDE = 175  # plots along the town, of some 22 m each
STEP = 0.00022
CORNER = degree_box(*around(13), 0)
WEST, SOUTH = CORNER[0] + 0.002, CORNER[1] + 0.001
LEVELS = (12, 13, 14)
# Every third one is round, with 33 corners; each is bigger than the one before.
PLOTS = (
    "INSERT INTO parcels_parcel (authority_id, plot_no, block_no, land_use, legal_area_m2, krooki_no, deed_no, geom)"
    " SELECT %(authority)s, 'قطعة رقم ' || i, (i / 100)::text, 'residential', 400 + i, 'K-' || i, 'D-' || i,"
    " ST_Multi(CASE WHEN i %% 3 = 0 THEN ST_Buffer(ST_SetSRID(ST_MakePoint(x, y), 4326), r)"
    " ELSE ST_MakeEnvelope(x - r, y - r, x + r, y + r, 4326) END) FROM generate_series(0, %(last)s) i, LATERAL"
    " (SELECT %(west)s + i %% %(side)s * %(step)s AS x, %(south)s + i / %(side)s * %(step)s AS y,"
    " 0.00007 + 0.00003 * i / %(last)s AS r) at"
)
REACHING = (
    "SELECT substring(plot_no, '[0-9]+')::int AS number FROM parcels_parcel"
    " WHERE geom && ST_MakeEnvelope(%s, %s, %s, %s, 4326) ORDER BY number DESC"
)


@dataclass
class Town:
    two: Two
    root: psycopg.Connection

    def reaching(self, z: int) -> tuple[Address, list[int]]:
        """A tile of the level in the midst of the town, and the numbers of the plots in it, the biggest first."""
        at = around(z, WEST + SIDE * STEP / 2, SOUTH + SIDE * STEP / 2)
        box = degree_box(*at, budget.MARGIN)
        return at, [number for (number,) in self.root.execute(REACHING, box).fetchall()]


@pytest.fixture(scope="module")
def town(template_database: str, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Town]:
    """In a database of its own, to which Django points meanwhile."""
    with databases.used(template_database, django_db_blocker, label="crowd") as name:
        two = two_authorities()
        given = {"authority": two.here.id, "last": SIDE**2 - 1, "side": SIDE, "step": STEP}
        with databases.superuser(name) as root:
            root.execute(PLOTS, given | {"west": WEST, "south": SOUTH})
            root.execute("ANALYZE parcels_parcel")
            generalising.follow(anew=True)
            yield Town(two, root)


@pytest.fixture
def encoded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many features each cut has encoded. One alone tells that there are more than a tile holds."""
    found: list[int] = []
    cut = cutting._cut

    def noted(*given: Any) -> tuple[bytes, int, int]:
        answer = cut(*given)
        found.append(answer[1])
        return answer

    monkeypatch.setattr(cutting, "_cut", noted)
    return found


@pytest.mark.parametrize("kept", [True, False])
@pytest.mark.parametrize("z", LEVELS)
@pytest.mark.parametrize("audience", [PUBLIC, OFFICERS])
def test_a_crowded_tile_keeps_its_bounds_and_is_encoded_once(
    town: Town, encoded: list[int], tmp_path: Path, monkeypatch: Any, audience: Audience, z: int, kept: bool
):
    if not kept:
        monkeypatch.setattr(generalising, "ready", lambda kind, audience: False)
    at, numbers = town.reaching(z)
    assert len(numbers) > budget.MOST_FEATURES
    with acting_as(user=town.two.officer.id):
        cut = tiles.tile(PARCELS, audience, *at)
    [drawn] = [number for number in encoded if number > 1]
    assert len(cut.content) <= budget.MOST_BYTES
    assert 0.95 * drawn < len(decoded(cut, tmp_path, at)) <= drawn  # the reader leaves out what lies in the margin
    assert drawn <= budget.MOST_FEATURES
    assert drawn == budget.MOST_FEATURES or len(cut.content) > 0.85 * budget.MOST_BYTES
    assert cut.dropped == len(numbers) - drawn


def test_a_tile_that_is_too_heavy_alone_is_encoded_once_too(
    town: Town, encoded: list[int], tmp_path: Path, monkeypatch: Any
):
    """Fewer features than a tile may hold, which say more than it may."""
    at, numbers = town.reaching(15)
    assert budget.FEW < len(numbers) < budget.MOST_FEATURES
    monkeypatch.setattr(budget, "MOST_BYTES", 150_000)
    cut = tiles.tile(PARCELS, PUBLIC, *at)
    [drawn] = encoded
    assert 0.9 * drawn < len(decoded(cut, tmp_path, at)) <= drawn
    assert 0.85 * 150_000 < len(cut.content) <= 150_000
    assert cut.dropped == len(numbers) - drawn > 0


@pytest.mark.parametrize("z", [14, 15])
def test_what_it_keeps_is_the_biggest(town: Town, tmp_path: Path, monkeypatch: Any, z: int):
    """But for boxes that differ by less than the four bytes in which the database keeps their edges."""
    monkeypatch.setattr(budget, "MOST_BYTES", 150_000)
    at, numbers = town.reaching(z)
    table = decoded(tiles.tile(PARCELS, PUBLIC, *at), tmp_path, at)
    drawn = {int(text.split()[-1]) for text in table["plot_no"]}
    assert len(drawn & set(numbers[: len(drawn)])) > 0.8 * len(drawn)


def test_the_answer_says_how_many_are_left_out(town: Town):
    at, numbers = town.reaching(13)
    answer = Client(headers={"host": "127.0.0.1"}).get("/tiles/parcels/{}/{}/{}.mvt".format(*at))
    assert answer.status_code == 200
    assert len(answer.content) <= budget.MOST_BYTES
    assert len(numbers) - budget.MOST_FEATURES <= int(answer["X-Features-Dropped"]) < len(numbers)
