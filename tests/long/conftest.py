"""What the long runs have in common with the tests of the gate that they lengthen."""

from tests.ogc.conftest import ground
from tests.ogc.test_fuzzing import server
from tests.ogc.test_lost_updates import desk

__all__ = ["desk", "ground", "server"]
