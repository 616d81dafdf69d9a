"""Long ways through many pages, driven in both languages: the gate drives one language of each, `--long` both."""

from collections import defaultdict
from zlib import crc32

import pytest


def leave_to_the_long_run(items: list[pytest.Function]) -> None:
    """Of a test marked `in_turn(names…)` one case stays of those that differ in these parameters alone.

    The others get the mark `long`. Which one stays goes by the test's name: in every process the same one.
    """
    tests: dict[str, dict[str, list[pytest.Function]]] = defaultdict(lambda: defaultdict(list))
    for item in items:
        if turn := item.get_closest_marker("in_turn"):
            others = {name: value for name, value in item.callspec.params.items() if name not in turn.args}
            tests[item.originalname][str(others)].append(item)
    for name, cases in tests.items():
        for ordinal, alike in enumerate(cases.values()):
            kept = (crc32(name.encode()) + ordinal) % len(alike)
            for left in alike[:kept] + alike[kept + 1 :]:
                left.add_marker(pytest.mark.long)
