"""The worker that `bin/run` starts goes on whatever anybody says on its channel, and however long imports take."""

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from procrastinate.contrib.django import app
from pytest_django import DjangoDbBlocker

from apps.config.imports.tasks import carry_out, look_at_file
from apps.config.queues import AT_ONCE
from apps.config.tasks import seal_history
from tests import databases
from tests.workers import working

PATIENCE_S = 90
CHANNEL = "procrastinate_any_queue_v1"


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("worker") / "worker.log"


@pytest.fixture(scope="module")
def worker(
    log: Path, template_database: str, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[subprocess.Popen[bytes]]:
    with databases.used(template_database, django_db_blocker, label="worker") as name, working(name, log) as process:
        yield process


def wait_until(session: psycopg.Connection, question: str) -> bool:
    ends = time.monotonic() + PATIENCE_S
    while time.monotonic() < ends:
        if session.execute(question).fetchone() == (True,):  # type: ignore[arg-type]
            return True
        time.sleep(0.2)
    return False


def test_a_malformed_notice_stops_nothing(
    worker: subprocess.Popen[bytes], log: Path, login: Callable[[str], psycopg.Connection]
):
    root, anybody = login("superuser"), login("public")
    assert wait_until(root, "SELECT count(*) > 0 FROM procrastinate_workers")
    anybody.execute("SELECT pg_notify(%s, 'x')", [CHANNEL])
    seal_history.configure(queueing_lock="asked").defer(timestamp=0)
    done = "SELECT status = 'succeeded' FROM procrastinate_jobs WHERE queueing_lock = 'asked'"
    assert wait_until(root, done)
    assert worker.poll() is None
    assert "Traceback" not in log.read_text()


def test_every_job_has_a_queue_that_is_worked():
    app.perform_import_paths()
    assert {name: task.queue for name, task in app.tasks.items() if task.queue not in (*AT_ONCE, "builtin")} == {}


def test_a_job_of_the_clock_never_runs_beside_itself():
    """A seal of millions takes minutes; the next one waited for it and failed."""
    app.perform_import_paths()
    jobs = [periodic.task for periodic in app.periodic_registry.periodic_tasks.values()]
    assert len(jobs) >= 5
    assert [task.name for task in jobs if not (task.lock and task.queueing_lock)] == []


def test_imports_that_take_long_hold_up_no_others(
    worker: subprocess.Popen[bytes], login: Callable[[str], psycopg.Connection]
):
    """Each of them waits for a table that somebody holds; those behind them wait for their turn."""
    root, holder = login("superuser"), login("superuser")
    holder.autocommit = False
    holder.execute("LOCK TABLE spatial_importrun")
    for _number in range(20):
        carry_out.defer(run=str(uuid4()), authority=str(uuid4()))
    look_at_file.defer(delivery=str(uuid4()), authority=str(uuid4()))
    seal_history.configure(queueing_lock="asked").defer(timestamp=0)
    others = "task_name LIKE '%look_at_file' OR queueing_lock = 'asked'"
    assert wait_until(root, f"SELECT bool_and(status = 'succeeded') FROM procrastinate_jobs WHERE {others}")
    waiting = root.execute("SELECT count(*) FROM procrastinate_jobs WHERE queue_name = 'imports' AND status = 'todo'")
    assert waiting.fetchone() != (0,)
    holder.rollback()
