"""T2 at its full length: an hour of requests that the API document allows, or does not, as each kind of caller."""

from pathlib import Path

import pytest

from gis.layers import Audience
from tests.figures import Record
from tests.ogc.ground import Ground
from tests.ogc.test_fuzzing import SECONDS, passed

pytestmark = [pytest.mark.long, pytest.mark.timeout(3 * 3600)]
TIMES = 12


@pytest.mark.parametrize("audience", SECONDS, ids=lambda one: one.name.lower())
def test_every_check_is_passed_for_long(
    ground: Ground, server: str, audience: Audience, tmp_path: Path, figure: Record
) -> None:
    seconds = SECONDS[audience] * TIMES
    generated, reached, operations = passed(ground, server, audience, tmp_path, seconds)
    found = f"{generated:,} requests in {seconds // 60} minutes, {reached} of {operations} operations done, 0 failures"
    figure(f"schemathesis as {audience.name.lower()}", found)
