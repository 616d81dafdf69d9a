"""Where the rows of a batch lie: their common box answers for all where it can, and as each would answer by itself."""

from typing import Any, cast

import numpy as np
import pytest
import shapely

from gis.exchange.positions import Positions

# A bay takes a corner out of the municipality, a lake lies in it.
INSIDE = shapely.box(57, 23, 58, 24).difference(shapely.box(57.6, 23.6, 59, 25)).difference(
    shapely.box(57.2, 23.2, 57.3, 23.3)
)  # fmt: skip


def outside(geometries: Any) -> Any:
    shapely.prepare(INSIDE)
    nobody = cast("Any", None)
    return Positions(nobody, nobody, inside=INSIDE).outside(np.array(geometries, dtype=object))


def each(geometries: Any) -> list[bool]:
    return [not INSIDE.contains(shapely.point_on_surface(one)) for one in geometries]


def batch(seed: int) -> list[shapely.Polygon]:
    """Twenty plots that lie near each other, somewhere around there."""
    random = np.random.default_rng(seed)
    west, south = random.uniform(56.9, 57.9), random.uniform(22.9, 23.9)
    corners = random.uniform((west, south), (west + 0.3, south + 0.3), (20, 2))
    return [shapely.box(x, y, x + 0.01, y + 0.01) for x, y in corners]


@pytest.mark.parametrize("seed", range(40))
def test_all_are_told_what_each_would_be(seed: int) -> None:
    plots = batch(seed)
    assert outside(plots).tolist() == each(plots)


def test_the_seeds_have_batches_of_every_kind() -> None:
    """All inside, all outside, and both."""
    kinds = {float(np.mean(each(batch(seed)))) for seed in range(40)}
    assert {0.0, 1.0} < kinds


def test_what_lies_on_the_border_is_outside() -> None:
    assert outside([shapely.Point(57, 23.5)]).tolist() == [True]
    assert outside([shapely.Point(57, 23.5), shapely.Point(57.1, 23.5)]).tolist() == [True, False]
