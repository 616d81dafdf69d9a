"""Imports in the real worker: carried out, cancelled in the middle, and what is said of one that was killed."""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from apps.accounts.models import Membership, User
from apps.config.imports.tasks import start, start_to_look
from gis.exchange import deliveries, runs
from gis.exchange.models import Delivery, ImportRun
from tests import databases
from tests.gis.exchange.conftest import Desk, desk  # noqa: F401  (a fixture)
from tests.gis.exchange.files import plots, write
from tests.workers import working

PATIENCE_S = 120
MAPPED = {"plot_no": "plot", "block_no": "block", "source_id": "id", "land_use": "use"}


@pytest.fixture
def person(desk: Desk) -> User:  # noqa: F811
    made = User.objects.using("owner").create(username="importer")
    Membership.objects.using("owner").create(
        user=made, authority=desk.authority, role="gis_officer", valid_from="2020-01-01"
    )
    return made


@pytest.fixture
def worker(desk: Desk, tmp_path: Path, settings: Any) -> Iterator[subprocess.Popen[bytes]]:  # noqa: F811
    settings.MEDIA_ROOT = tmp_path / "media"
    with working(desk.database, tmp_path / "worker.log", MEDIA_ROOT=str(tmp_path / "media")) as process:
        yield process


def until(seen: Callable[[], Any]) -> Any:
    ends = time.monotonic() + PATIENCE_S
    while not (found := seen()):
        assert time.monotonic() < ends
        time.sleep(0.2)
    return found


def delivered(desk: Desk, person: User) -> Delivery:  # noqa: F811
    """A file that the worker has looked at."""
    path = write(desk.folder / "plots.gpkg", plots(3))
    with desk.acting():
        made = deliveries.begin(
            layer="parcels", authority=desk.authority.id, file_name=path.name, size=path.stat().st_size, by=person.pk
        )
        with path.open("rb") as file:
            made = deliveries.add(made, file, at=0)
        deliveries.complete(made)
        start_to_look(made)
    looked = until(lambda: state_of(desk, made) == "ready")
    assert looked
    with desk.acting():
        made.refresh_from_db()
        made.choices["columns"] |= MAPPED
        made.save()
    return made


def ask(desk: Desk, delivery: Delivery, person: User) -> ImportRun:  # noqa: F811
    with desk.acting():
        run = runs.ask_for(delivery, dry=False, by=person.pk)
        start(run)
    return run


def state_of(desk: Desk, row: Any) -> str:  # noqa: F811
    with desk.acting():
        row.refresh_from_db()
    return str(row.state)


def held_up(desk: Desk, run: ImportRun) -> bool:  # noqa: F811
    """It waits for the lock that the test holds."""
    waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND usename = 'baladiya_web'"
    return bool(desk.ask(waiting)) and state_of(desk, run) == "running"


def test_one_is_carried_out_another_cancelled_and_a_killed_one_is_told(
    desk: Desk,  # noqa: F811
    person: User,
    worker: subprocess.Popen[bytes],
) -> None:
    """In one worker, which takes seconds to start."""
    done = ask(desk, delivered(desk, person), person)
    until(lambda: state_of(desk, done) == "done")
    assert len(desk.parcels()) == 3
    with databases.superuser(desk.database) as other:
        cancelled = _one_that_waits(desk, person, other)
        with desk.acting():
            runs.cancel(cancelled)
        until(lambda: state_of(desk, cancelled) == "cancelled")
        other.rollback()
        killed = _one_that_waits(desk, person, other)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        until(lambda: not _going(desk, killed))
        other.rollback()
    assert state_of(desk, killed) == "stopped"
    assert killed.message_en.endswith("Start it again.")
    with desk.acting():
        delivery = killed.delivery
    assert delivery is not None
    again = ask(desk, delivery, person)
    held = "SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE d.datname = current_database() "
    until(lambda: not desk.ask(held + "AND l.locktype = 'advisory' AND l.objsubid = 1"))
    runs.take_up(again.pk, desk.authority.id)
    assert state_of(desk, again) == "done"


def _one_that_waits(desk: Desk, person: User, other: psycopg.Connection) -> ImportRun:  # noqa: F811
    """Somebody else is about to give the same number, so the import waits to see whether they do."""
    delivery = delivered(desk, person)
    delivery.choices["columns"] |= {"source_id": "", "block_no": "id"}
    with desk.acting():
        delivery.save()
    other.autocommit = False
    other.execute(
        "INSERT INTO parcels_parcel (authority_id, plot_no, block_no, geom) "
        "VALUES (%s, '1', 's0', ST_Multi(ST_MakeEnvelope(57.65, 23.55, 57.651, 23.551, 4326)))",
        [desk.authority.id],
    )
    run = ask(desk, delivery, person)
    until(lambda: held_up(desk, run))
    return run


def _going(desk: Desk, run: ImportRun) -> bool:  # noqa: F811
    with desk.acting():
        run.refresh_from_db()
        return runs.is_going(run)
