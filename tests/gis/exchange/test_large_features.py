"""Features of megabytes in quarantine: written, listed, drawn, judged anew and taken away some at a time."""

import tracemalloc
from typing import Any

import numpy as np
import pytest
import shapely
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gis.exchange import runs, worklist
from gis.exchange.landing import Landing
from gis.exchange.limits import MIB
from gis.exchange.models import ImportRun, Quarantine
from gis.exchange.places import LARGEST, Room, places_of, stored_shape
from gis.exchange.portions import portions
from gis.exchange.taking_out import Taken, lines
from tests.gis.exchange.conftest import Desk
from tests.gis.exchange.files import SOUTH, WEST, Plot, square


def many_corners(count: int) -> Any:
    """A ring of so many corners, 16 bytes each."""
    turn = np.linspace(0, 2 * np.pi, count)
    return shapely.Polygon(np.column_stack([WEST + 0.01 * np.cos(turn), SOUTH + 0.01 * np.sin(turn)]))


def test_both_bounds_cut_and_what_is_larger_comes_alone() -> None:
    assert list(portions([1, 1, 1, 9, 2, 3], int, rows=2, size=4)) == [[1, 1], [1], [9], [2], [3]]


def test_a_file_of_large_faults_takes_little_memory(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    peaks = []
    write = Landing.quarantine

    def measured(*given: Any) -> None:
        tracemalloc.start()
        write(*given)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    monkeypatch.setattr(Landing, "quarantine", measured)
    count, shape = 40, many_corners(65_536)
    desk.bring_plots([Plot(shape, f"s{n}", str(n)) for n in range(count)])
    assert [item.code for item in desk.quarantine().values()] == ["too_many_points"] * count
    assert all(len(bytes(item.original)) > MIB for item in desk.quarantine().values())
    assert peaks[0] < 60 * MIB


@pytest.fixture
def large(desk: Desk) -> Desk:
    """One that cannot be drawn, and one that overlaps."""
    faults = [Plot(many_corners(65_536), "s1", "2"), Plot(square(0.5), "s2", "3")]
    desk.bring_plots([Plot(square(0), "s0", "1"), *faults])
    return desk


def test_the_map_reads_only_what_it_can_draw(large: Desk) -> None:
    run, room = large.run(), Room()
    with large.acting(), CaptureQueriesContext(connection) as asked:
        found = list(places_of(run, room, most=200))
        assert [one["properties"]["row"] for one in found] == [3]
        assert room.left_out == 1
        one = Quarantine.objects.defer("original").get(source_id="s1")
        assert stored_shape(one, run) is None
    assert not any('"spatial_quarantine"."original",' in query["sql"] for query in asked.captured_queries)


def test_a_full_map_leaves_the_rest_out(large: Desk) -> None:
    room = Room(left=10)
    with large.acting():
        assert list(places_of(large.run(), room, most=200)) == []
    assert room.left_out == 2
    assert not Room().takes(LARGEST + 1)


def test_many_are_decided_on_without_reading_them(large: Desk) -> None:
    with large.acting(), CaptureQueriesContext(connection) as asked:
        versions = dict(Quarantine.objects.values_list("pk", "version"))
        runs_asked = worklist.ask_to_release(versions, by=large.authority.id)
    texts = [query["sql"] for query in asked.captured_queries]
    assert not any(column in text for text in texts for column in ('"original"', '"attributes"'))
    for run in runs_asked:
        runs.take_up(run.pk, large.authority.id)
    with large.acting():
        judged = ImportRun.objects.get(pk=runs_asked[-1].pk)
    assert judged.counts["quarantine"] == {"too_many_points": 1, "overlaps_record": 1}


def test_what_is_taken_away_comes_some_at_a_time(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.bring_plots([Plot(square(n), f"s{n}", str(n), use="?") for n in range(3)])
    long = 5_000_000 * "x"
    with desk.acting():
        desk.run().quarantine.update(attributes={"plot": long})
        taken = Taken.of(desk.run(), shapes=False)
        assert [len(some) for some in taken.portions()] == [1, 1, 1]
        assert [line[0] == long for some in taken.portions() for line in list(lines(some, ["plot"]))[1:]] == [True] * 3
        assert taken.whole
        monkeypatch.setattr("gis.exchange.taking_out.MOST_BYTES", 12_000_000)
        first = Taken.of(desk.run(), shapes=True)
    assert (len(first.sizes), first.whole) == (2, False)


def test_too_large_to_draw_it_is_taken_away_without_its_place(large: Desk) -> None:
    with large.acting():
        [items] = Taken.of(large.run(), shapes=True).portions()
        assert [item.shape is None for item in items] == [True, False]
