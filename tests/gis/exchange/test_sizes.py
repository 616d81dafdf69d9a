"""Sizes in the words of people, and the limits that are told in them."""

import pytest
from django.utils import translation

from gis.exchange.limits import LIMITS, MIB
from gis.exchange.refusals import UnreadableFile
from gis.exchange.sizes import GIB, Size
from gis.exchange.source import SIGNALS


@pytest.mark.parametrize(
    ("size", "english", "arabic"),
    [
        (1, "1 MB", "1 ميغابايت"),
        (3 * MIB, "3 MB", "3 ميغابايت"),
        (GIB - 1, "1024 MB", "1024 ميغابايت"),
        (LIMITS.file, "8 GB", "8 غيغابايت"),
        (LIMITS.file + 1, "8.1 GB", "8.1 غيغابايت"),  # above a limit is never told as the limit
    ],
)
def test_a_size_is_said_in_the_unit_that_suits_it(size: int, english: str, arabic: str) -> None:
    for language, words in (("en", english), ("ar", arabic)):
        with translation.override(language):
            assert str(Size(size)) == words


@pytest.mark.parametrize("language", ["ar", "en"])
def test_whatever_ends_the_reader_has_its_sentence(language: str) -> None:
    with translation.override(language):
        told = [str(UnreadableFile(reason, **details)) for reason, details in SIGNALS.values()]
    assert all(told)
    assert "%" not in "".join(told)
    assert any("2 GB" in one or "2 غيغابايت" in one for one in told)
