"""Rows of a file compared among themselves, where most of them say nothing new."""

from collections.abc import Callable

import numpy as np
import pytest
import shapely

from gis.exchange import overlaps, rivals
from gis.exchange.overlaps import Extents, find_overlaps, losers
from tests.gis.exchange.conftest import Desk
from tests.gis.exchange.files import Plot, plots, square

TOLERANCE_M = 0.2


@pytest.mark.parametrize("seed", range(5))
def test_only_what_lies_near_new_rows_need_be_compared(monkeypatch, seed):
    """Of two settled rows neither goes, whatever they share; so leaving such pairs out changes nothing."""
    random = np.random.default_rng(seed)
    west, south = 57 + random.uniform(0, 0.01, 300), 23 + random.uniform(0, 0.01, 300)
    geometries = shapely.box(west, south, west + 0.0004, south + 0.0004)
    rows = random.permutation(300).astype(np.int64) + 1
    extents = Extents(rows, shapely.bounds(geometries))
    place = dict(zip(rows.tolist(), geometries, strict=True))
    settled = set(rows[:250].tolist())

    def gone(what: Extents) -> dict[int, tuple[int, int]]:
        found = find_overlaps(what, lambda asked: np.array([place[row] for row in asked.tolist()]), TOLERANCE_M)
        return {row: (one.one, one.other) for row, one in losers(found, settled).items()}

    near = extents.near(rows[250:])
    assert gone(near) == gone(extents)
    assert len(gone(near)) > 10
    assert 50 < len(near.rows) < 300
    assert len(extents.near(np.empty(0, np.int64)).rows) == 0
    monkeypatch.setattr(overlaps, "PART", 70)
    assert extents.near(rows[250:]).rows.tolist() == near.rows.tolist()


def test_no_more_parts_are_held_than_are_worked_on(monkeypatch):
    """One is fetched while two are judged, however many there are, and every pair is found all the same."""
    monkeypatch.setattr(overlaps, "PART", 20)
    west = 57 + np.arange(400) * 0.0003
    geometries = shapely.box(west, 23, west + 0.0004, 23.0004)
    extents = Extents(np.arange(400) + 1, shapely.bounds(geometries))
    held, most = set(), 0
    judge = overlaps._in_part

    def fetch(rows):
        nonlocal most
        held.add(tuple(rows))
        most = max(most, len(held))
        return geometries[rows - 1]

    def judged(rows, found, tolerance_m):
        answer = judge(rows, found, tolerance_m)
        held.discard(tuple(rows))
        return answer

    monkeypatch.setattr(overlaps, "_in_part", judged)
    told = []
    pairs = {(one.one, one.other) for one in find_overlaps(extents, fetch, TOLERANCE_M, told.append)}
    assert pairs == {(row, row + 1) for row in range(1, 400)}
    assert most <= overlaps.THREADS + 1
    assert told == sorted(told)
    assert told[-1] == 1.0


@pytest.mark.parametrize("sparse", [0, 4], ids=["by lists", "from which to which"])
def test_every_piece_is_compared_with_what_is_stored(
    desk: Desk, neighbour: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch, sparse: int
) -> None:
    """The first and the last row of a piece, and rows between those that say nothing new."""
    monkeypatch.setattr(rivals, "AT_ONCE", 3)
    monkeypatch.setattr(rivals, "SPARSE", sparse)
    neighbour().bring_plots([Plot(square(n + 0.5, 0.5, wide=0.1), f"t{n}", f"t{n}") for n in (0, 2, 3, 9, 10)])
    assert desk.bring_plots(plots(11)).report.added == 6
    assert set(desk.quarantine()) == {"s0", "s2", "s3", "s9", "s10"}
    assert desk.bring_plots(plots(13)).report.added == 2
    assert set(desk.quarantine()) == {"s0", "s2", "s3", "s9", "s10"}
