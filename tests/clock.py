"""The server's clock, set by hand."""

import datetime

import pytest


class Clock:
    """What Django's `timezone.now()` tells from now on; it stands until it is moved."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, now: datetime.datetime) -> None:
        self.now = now
        monkeypatch.setattr("django.utils.timezone.now", lambda: self.now)

    def pass_(self, seconds: float) -> None:
        self.now += datetime.timedelta(seconds=seconds)
