"""Rows are sent to the staging tables by a thread beside the reading: nothing of it may go amiss unnoticed."""

import time
from typing import Any

import pytest

from gis.exchange.staging import Staging
from tests.gis.exchange.conftest import Desk
from tests.gis.exchange.files import plots


def test_an_error_while_the_last_rows_are_sent_ends_the_import(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody sends after them, so nobody would ask how they fared."""

    def no_room(*given: Any) -> None:
        raise OSError("no room")

    monkeypatch.setattr(Staging, "copy", no_room)
    with pytest.raises(OSError, match="no room"):
        desk.bring_plots(plots(2))
    assert desk.run().state == "stopped"
    assert desk.parcels() == {}


def test_the_session_that_sent_them_is_gone_with_the_reading(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker lives for months, and has a session for each of its threads."""
    sent: list[int] = []
    copy = Staging.copy

    def ask_who(self: Staging, *given: Any) -> None:
        with self.acting() as ask:
            sent.append(ask.one("SELECT pg_backend_pid()"))
        copy(self, *given)

    monkeypatch.setattr(Staging, "copy", ask_who)
    desk.bring_plots(plots(2))
    assert len(sent) == 1
    for _ in range(200):
        if not desk.ask("SELECT FROM pg_stat_activity WHERE pid = %s", sent[0]):
            return
        time.sleep(0.05)
    pytest.fail("its session is still there")
