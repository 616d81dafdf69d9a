"""The demands of the OGC's suites (tests/ogc/demands.py), of a real server on the feed's ground."""

from collections.abc import Iterator

import pytest

from tests.servers import served

from .demands import DEMANDS, Asked
from .ground import Ground


@pytest.fixture(scope="module")
def server(ground: Ground) -> Iterator[Asked]:
    with served(ground.database) as address:
        yield Asked(f"{address}/ogc")


@pytest.mark.parametrize("name", DEMANDS)
def test_a_demand_of_the_suites(server: Asked, name: str):
    DEMANDS[name](server)
