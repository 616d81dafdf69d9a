"""T6b at its full size: a thousand pairs of concurrent changes, from the feed and from QGIS."""

import pytest

from tests.figures import Record
from tests.ogc.test_lost_updates import Desk, lost

pytestmark = [pytest.mark.long, pytest.mark.timeout(1800)]
PAIRS = {"tags": 340, "times": 330, "qgis": 330}


def test_no_update_of_a_thousand_pairs_is_lost(desk: Desk, figure: Record) -> None:
    assert {kind: lost(desk, pairs, kind) for kind, pairs in PAIRS.items()} == dict.fromkeys(PAIRS, 0)
    figure("pairs of concurrent changes, by tag, by time and beside QGIS", f"{sum(PAIRS.values()):,}, none lost")
