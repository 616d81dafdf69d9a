"""The page of figures says what was measured and when."""

import datetime

from tests.figures import page


def test_a_recorded_figure_is_on_the_page():
    text = page([("test_kills", "kills", "91")], datetime.date(2026, 11, 21))
    assert "2026-11-21" in text
    assert "| test_kills | kills | 91 |" in text
