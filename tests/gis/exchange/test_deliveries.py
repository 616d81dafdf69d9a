"""Room for files that are coming: what was promised to one is not promised to another."""

import errno
import os
import shutil
import time
from io import BytesIO
from pathlib import Path
from threading import Event, Thread
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections

from gis.exchange import deliveries
from gis.exchange.delivery_refusals import NoRoom
from gis.exchange.limits import MIB
from gis.exchange.models import Delivery
from tests.gis.exchange.conftest import Desk

PATIENCE_S = 60
FREE = 15 * MIB


@pytest.fixture
def little_room(desk: Desk, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Besides the reserve; what has come takes of it, as on a disk."""
    settings.MEDIA_ROOT = desk.folder / "media"

    def usage(root: Path) -> Any:
        taken = sum(path.stat().st_size for path in root.rglob("*") if path.is_file())
        return SimpleNamespace(free=deliveries.RESERVE + FREE - taken)

    monkeypatch.setattr(shutil, "disk_usage", usage)
    return desk


def begin(desk: Desk, size: int) -> Delivery:
    """Each by another person."""
    made: Delivery = deliveries.begin(
        layer="parcels", authority=desk.authority.id, file_name="a.csv", size=size, by=uuid4()
    )
    return made


def test_two_that_fit_alone_and_not_together(little_room: Desk) -> None:
    with little_room.acting():
        first = begin(little_room, 10 * MIB)
    with little_room.acting(), pytest.raises(NoRoom):
        begin(little_room, 10 * MIB)
    with little_room.acting():
        begin(little_room, 4 * MIB)
        deliveries.forget_file(first)
    with little_room.acting():
        begin(little_room, 10 * MIB)


def test_what_has_come_is_not_counted_twice(little_room: Desk) -> None:
    with little_room.acting():
        coming = begin(little_room, 10 * MIB)
        coming = deliveries.add(coming, BytesIO(bytes(8 * MIB)), at=0)
        assert deliveries.promised() == 2 * MIB
        coming = deliveries.add(coming, BytesIO(bytes(2 * MIB)), at=8 * MIB)
        deliveries.complete(coming)
        assert deliveries.promised() == 0
        begin(little_room, 4 * MIB)


def test_another_authority_counts_them_too(little_room: Desk, neighbour: Any) -> None:
    other = neighbour()
    with little_room.acting():
        begin(little_room, 10 * MIB)
    with other.acting(), pytest.raises(NoRoom):
        begin(other, 10 * MIB)


def test_one_of_which_nothing_comes_any_more_is_not_waited_for(little_room: Desk) -> None:
    with little_room.acting():
        left = begin(little_room, 10 * MIB)
    old = time.time() - deliveries.KEPT_FOR.total_seconds() - 60
    os.utime(deliveries.path_of(left), (old, old))
    with little_room.acting():
        begin(little_room, 10 * MIB)


def test_of_two_at_once_the_second_waits_and_is_refused(little_room: Desk) -> None:
    """It asks while the first has begun and is not committed."""
    begun, over, told = Event(), Event(), []

    def first() -> None:
        try:
            with little_room.acting():
                begin(little_room, 10 * MIB)
                begun.set()
                over.wait(PATIENCE_S)
        finally:
            connections.close_all()

    def second() -> None:
        try:
            with little_room.acting():
                begin(little_room, 10 * MIB)
                told.append("begun")
        except NoRoom:
            told.append("no room")
        finally:
            connections.close_all()

    threads = [Thread(target=first), Thread(target=second)]
    threads[0].start()
    begun.wait(PATIENCE_S)
    threads[1].start()
    waiting = (
        "SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database "
        "WHERE d.datname = current_database() AND l.locktype = 'advisory' AND NOT l.granted"
    )
    ends = time.monotonic() + PATIENCE_S
    while not little_room.ask(waiting):
        assert time.monotonic() < ends
        time.sleep(0.05)
    over.set()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert told == ["no room"]


def test_a_disk_that_is_full_all_the_same_says_so(little_room: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with little_room.acting():
        coming = begin(little_room, 4)

    def full(*_given: Any, **_named: Any) -> Any:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "open", full)
    with little_room.acting(), pytest.raises(NoRoom):
        deliveries.add(coming, BytesIO(b"ab"), at=0)
