"""The gate and the long run together drive every case, and the gate speaks both languages."""

import pytest

from .turns import leave_to_the_long_run

SUITE = """
import pytest

@pytest.mark.in_turn("lang")
@pytest.mark.parametrize("failing", [print, repr])
@pytest.mark.parametrize("lang", ["ar", "en"])
def test_some(lang, failing): ...

@pytest.mark.parametrize("lang", ["ar", "en"])
def test_short(lang): ...
"""


def test_one_case_of_each_stays(pytester: pytest.Pytester) -> None:
    pytester.makepyprojecttoml('[tool.pytest.ini_options]\nmarkers = ["in_turn(names)", "long"]\n')
    found, _told = pytester.inline_genitems(pytester.makepyfile(SUITE), "-p", "no:django", "-p", "no:cacheprovider")
    items = [item for item in found if isinstance(item, pytest.Function)]
    leave_to_the_long_run(items)
    stays = {
        item.callspec.id for item in items if item.originalname == "test_some" and not item.get_closest_marker("long")
    }
    assert stays in ({"ar-print", "en-repr"}, {"en-print", "ar-repr"})
    assert len(items) == 6
    assert not any(item.get_closest_marker("long") for item in items if item.originalname == "test_short")
