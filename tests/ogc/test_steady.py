"""What the root keeps while nobody writes is no older than the page that it is told with."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.conf import settings

from apps.parcels.models import Parcel
from gis import counting, versions
from gis.layers import registry
from ogc.steady import Steady
from tests import databases
from tests.apps.accounts.city import acting_for_both
from tests.rows import make, square
from tests.servers import served

from .ground import Ground
from .test_thin import get, moment, places

LAYER = registry["parcels"]
NOON = datetime(2026, 3, 1, 12, tzinfo=ZoneInfo(settings.TIME_ZONE)).timestamp()


@pytest.fixture(scope="module")
def address(ground: Ground) -> Iterator[str]:
    """With so many plots that a page of one never holds all: else it would be its own number."""
    with acting_for_both(ground.two):
        for number in range(3):
            make(Parcel, authority=ground.two.here, plot_no=f"steady {number}", geom=square(700 + number))
    counting.follow()
    with served(ground.database, LOG_LEVEL="ERROR") as found:
        yield f"{found}/ogc/collections/parcels/items"


@pytest.fixture
def writer(ground: Ground) -> Iterator[psycopg.Connection[Any]]:
    with databases.superuser(ground.database) as session:
        session.execute("SELECT set_config('baladiya.actor', 'test', false)")
        yield session


def told(address: str) -> tuple[int, int]:
    """How many there are, and when they last changed."""
    answer = get(f"{address}?limit=1")
    assert answer.by_root
    return json.loads(answer.body)["numberMatched"], moment(answer)


def settled(address: str) -> tuple[int, int]:
    """The same, asked until all is kept."""
    return [told(address) for _time in range(4)][-1]


def test_a_record_more_or_less_is_told_at_once(address: str, writer: psycopg.Connection[Any], ground: Ground):
    key = ground.rows["parcels"][0].pk
    number, before = settled(address)
    for ends, less in (("valid_from", 1), ("NULL", 0)):
        writer.execute(f"UPDATE parcels_parcel SET valid_to = {ends} WHERE id = %s", [key])  # type: ignore[arg-type]
        for _time in range(4):
            assert told(address)[0] == number - less
        assert told(address)[1] >= before


def test_what_is_not_committed_is_not_told(address: str, writer: psycopg.Connection[Any], ground: Ground):
    key = ground.rows["parcels"][0].pk
    number, _before = settled(address)
    with writer.transaction():
        writer.execute("UPDATE parcels_parcel SET valid_to = valid_from WHERE id = %s", [key])
        for _time in range(4):
            assert told(address)[0] == number
    try:
        assert told(address)[0] == number - 1
    finally:
        writer.execute("UPDATE parcels_parcel SET valid_to = NULL WHERE id = %s", [key])
    assert settled(address)[0] == number


def test_every_kind_of_question_is_answered_alike(address: str, writer: psycopg.Connection[Any], ground: Ground):
    """As the first answer after a write, in which nothing is kept, so the fifth, when all is."""
    key = ground.rows["parcels"][0].pk
    for question in ("?limit=1", "?offset=1", "?bbox=50,10,70,30", "?sortby=plot_no&limit=1", "?limit=1000", f"/{key}"):
        writer.execute("UPDATE parcels_parcel SET plot_no = plot_no WHERE id = %s", [key])
        answers = [get(f"{address}{question}") for _time in range(5)]
        assert all(answer.by_root for answer in answers)
        assert len({re.sub(r'"timeStamp":"[^"]+"', "", answer.body.decode()) for answer in answers}) == 1


def test_a_tile_is_known_by_its_state_and_no_longer(address: str, writer: psycopg.Connection[Any], ground: Ground):
    versions.follow()
    row = ground.rows["parcels"][0]
    place = next(place for place, square in places(ground, "parcels") if square.z == 16)
    site = address.removesuffix("/ogc/collections/parcels/items")
    tiles = [get(f"{site}{place}") for _time in range(4)]
    assert len({(tile.headers["etag"], tile.body) for tile in tiles}) == 1
    for _time in range(4):
        assert get(f"{site}{place}", If_None_Match=tiles[0].headers["etag"]).status == 304
    for name in ("9 changed", row.plot_no):
        writer.execute("UPDATE parcels_parcel SET plot_no = %s WHERE id = %s", [name, row.pk])
        after = [get(f"{site}{place}", If_None_Match=tiles[-1].headers["etag"]), get(f"{site}{place}")]
        assert all(tile.status == 200 and tile.by_root and name.encode() in tile.body for tile in after)
        tiles.append([get(f"{site}{place}") for _time in range(4)][-1])
    assert len({tile.headers["etag"] for tile in tiles}) == 3


class TestKnown:
    def test_it_is_worth_asking_after_two_answers_of_one_snapshot(self):
        found = Steady()
        found.learn(LAYER, "7:7:", "1 settled", 5, NOON)
        assert found.of(LAYER, NOON) is None
        found.learn(LAYER, "7:7:", "1 settled", None, NOON)
        known = found.of(LAYER, NOON)
        assert known is not None
        assert (known.total, known.said) == (5, "1 settled")

    def test_another_snapshot_takes_all_of_it(self):
        found = Steady()
        for snapshot in ("7:7:", "7:7:", "8:8:"):
            found.learn(LAYER, snapshot, "1 settled", 5, NOON)
        assert found.of(LAYER, NOON) is None
        found.learn(LAYER, "8:8:", "2 settled", None, NOON)
        known = found.of(LAYER, NOON)
        assert known is not None
        assert known.said == "2 settled"

    def test_a_total_of_another_snapshot_is_not_taken_over(self):
        found = Steady()
        found.learn(LAYER, "7:7:", "1 settled", 5, NOON)
        for _time in range(2):
            found.learn(LAYER, "8:8:", "2 settled", None, NOON)
        known = found.of(LAYER, NOON)
        assert known is not None
        assert known.total is None

    @pytest.mark.parametrize(("at", "later", "kept"), [(NOON, 59, True), (NOON, 61, False)])
    def test_it_ends_after_a_while(self, at: float, later: float, kept: bool):
        self._ends(at, later, kept=kept)

    def test_it_ends_with_the_day(self):
        midnight = datetime(2026, 3, 2, tzinfo=ZoneInfo(settings.TIME_ZONE)).timestamp()
        self._ends(midnight - 10, 9, kept=True)
        self._ends(midnight - 10, 11, kept=False)

    @staticmethod
    def _ends(at: float, later: float, *, kept: bool) -> None:
        found = Steady()
        for _time in range(2):
            found.learn(LAYER, "7:7:", "1 settled", 5, at)
        assert (found.of(LAYER, at + later) is not None) == kept
