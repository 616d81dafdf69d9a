"""The page of figures says what was measured and when, and keeps what this run did not measure."""

from tests.figures import Figure, merged, page, read

KILLS = Figure("test_kills", "kills", "91", "2026-11-21")


def test_a_recorded_figure_is_on_the_page():
    assert "| test_kills | kills | 91 | 2026-11-21 |" in page([KILLS])


def test_the_page_is_read_as_it_was_written():
    assert read(page([KILLS, KILLS])) == [KILLS, KILLS]


def test_what_another_test_measured_before_stays():
    other, gone = Figure("test_files", "read", "7", "2026-11-20"), Figure("test_kills", "hangs", "0", "2026-11-20")
    assert merged([gone, other], [KILLS]) == [KILLS, other]
