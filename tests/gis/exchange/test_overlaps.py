"""Rows of a file compared among themselves, where most of them say nothing new."""

import numpy as np
import pytest
import shapely

from gis.exchange.overlaps import Extents, find_overlaps, losers

TOLERANCE_M = 0.2


@pytest.mark.parametrize("seed", range(5))
def test_only_what_lies_near_new_rows_need_be_compared(seed):
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
