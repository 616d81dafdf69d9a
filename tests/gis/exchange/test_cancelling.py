"""A run that is cancelled while its file is read, and while its outlines are compared, ends soon and leaves nothing."""

import os
import signal
import subprocess
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connections

from gis.exchange import looking, overlaps, recording, runs, source
from gis.exchange.deliveries import path_of
from gis.exchange.models import Delivery, ImportRun
from gis.exchange.target import find_target
from gis.exchange.watch import Watch
from tests.gis.exchange.conftest import Desk
from tests.gis.exchange.files import plots
from tests.gis.exchange.test_runs import PATIENCE_S, _in_thread, _until, ask, fresh, plots_of

pytestmark = pytest.mark.timeout(280)
PLOTS, PART = 400, 20
LOCKS = (
    "SELECT l.objid FROM pg_locks l JOIN pg_database d ON d.oid = l.database "
    "WHERE d.datname = current_database() AND l.locktype = 'advisory'"
)
STAGED = "SELECT tablename FROM pg_tables WHERE schemaname = 'staging'"


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def delivery(desk: Desk) -> Delivery:
    return plots_of(desk, plots(PLOTS))


def taken_up(desk: Desk, delivery: Delivery) -> tuple[ImportRun, Thread]:
    run = ask(desk, delivery)
    worker = Thread(target=_in_thread, args=(run.id, desk.authority.id))
    worker.start()
    return run, worker


def cancel(desk: Desk, run: ImportRun) -> None:
    with desk.acting():
        runs.cancel(run)


def nothing_is_left(desk: Desk, run: ImportRun, worker: Thread) -> None:
    worker.join(PATIENCE_S)
    assert not worker.is_alive()
    ended = fresh(desk, run)
    assert (ended.state, ended.message_en) == ("cancelled", "Cancelled. Nothing was written.")
    assert desk.parcels() == {}
    assert desk.ask(STAGED) == desk.ask(LOCKS) == []


def can_be_imported(desk: Desk, delivery: Delivery) -> None:
    """The file is still there, and nobody holds the layer."""
    again = ask(desk, delivery)
    runs.take_up(again.id, desk.authority.id)
    assert fresh(desk, again).state == "done"
    assert len(desk.parcels()) == PLOTS


def standing_still(patch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """Readers that are stopped as soon as they run; they are put into the list."""
    start, started = subprocess.Popen, []

    def stopped(*given: Any, **named: Any) -> Any:
        started.append(start(*given, **named))
        os.kill(started[-1].pid, signal.SIGSTOP)
        return started[-1]

    patch.setattr(source.subprocess, "Popen", stopped)
    return started


def test_while_the_file_is_read(desk: Desk, delivery: Delivery, monkeypatch: pytest.MonkeyPatch):
    """The reader stands still, as one that takes minutes for its first row."""
    with monkeypatch.context() as patch:
        started = standing_still(patch)
        run, worker = taken_up(desk, delivery)
        _until(lambda: fresh(desk, run).stage == "reading")
        assert started[0].poll() is None
        cancel(desk, run)
        nothing_is_left(desk, run, worker)
    assert [reader.returncode for reader in started] == [-signal.SIGKILL]
    can_be_imported(desk, delivery)


def test_while_it_is_looked_at(desk: Desk, delivery: Delivery, monkeypatch: pytest.MonkeyPatch):
    """The reader stands still; the worker hears that nobody wants the look, and the file is still there."""
    with desk.acting():
        Delivery.objects.update(state="looking")
        delivery.refresh_from_db()
    with monkeypatch.context() as patch:
        started = standing_still(patch)
        worker = Thread(target=_look_in_thread, args=(delivery, desk.authority.code))
        worker.start()
        _until(lambda: started and "share" in _looked(desk, delivery).found)
        with desk.acting():
            looking.stop(delivery)
        worker.join(PATIENCE_S)
    assert not worker.is_alive()
    assert [reader.returncode for reader in started] == [-signal.SIGKILL]
    ended = _looked(desk, delivery)
    assert (ended.state, ended.found["reason"]) == ("unreadable", "look_cancelled")
    assert path_of(delivery).is_file()


def _looked(desk: Desk, delivery: Delivery) -> Delivery:
    with desk.acting():
        return Delivery.objects.get(pk=delivery.pk)


def _look_in_thread(delivery: Delivery, code: str) -> None:
    try:
        looking.look(delivery, find_target("parcels", code))
    finally:
        connections.close_all()


def test_while_outlines_are_compared(desk: Desk, delivery: Delivery, monkeypatch: pytest.MonkeyPatch):
    """The parts at hand are judged to their end; of the others none is begun."""
    judge, watches, judged, heard = overlaps._in_part, [], [], Event()

    class Known(Watch):
        def __init__(self, *given: Any) -> None:
            super().__init__(*given)
            watches.append(self)

    def held_up(*given: Any) -> Any:
        judged.append(given)
        assert heard.wait(PATIENCE_S)
        return judge(*given)

    with monkeypatch.context() as patch:
        patch.setattr(recording, "Watch", Known)
        patch.setattr(overlaps, "PART", PART)
        patch.setattr(overlaps, "_in_part", held_up)
        run, worker = taken_up(desk, delivery)
        _until(lambda: judged)
        cancel(desk, run)
        _until(lambda: watches[0].cancelled)
        heard.set()
        nothing_is_left(desk, run, worker)
    assert 0 < len(judged) <= overlaps.THREADS + 1 < PLOTS / PART
    can_be_imported(desk, delivery)
