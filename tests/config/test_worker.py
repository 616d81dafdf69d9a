"""The worker that `bin/run` starts goes on whatever anybody says on its channel."""

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from apps.config.tasks import seal_history
from tests.workers import working

PATIENCE_S = 90
CHANNEL = "procrastinate_any_queue_v1"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "worker.log"


@pytest.fixture
def worker(committed_db: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with working(committed_db, log) as process:
        yield process


def wait_until(session: psycopg.Connection, question: str) -> bool:
    ends = time.monotonic() + PATIENCE_S
    while time.monotonic() < ends:
        if session.execute(question).fetchone() == (True,):  # type: ignore[arg-type]
            return True
        time.sleep(0.2)
    return False


def test_a_malformed_notice_stops_nothing(
    committed_db: str, worker: subprocess.Popen[bytes], log: Path, login: Callable[[str], psycopg.Connection]
):
    root, anybody = login("superuser"), login("public")
    assert wait_until(root, "SELECT count(*) > 0 FROM procrastinate_workers")
    anybody.execute("SELECT pg_notify(%s, 'x')", [CHANNEL])
    seal_history.configure(queueing_lock="asked").defer(timestamp=0)
    done = "SELECT status = 'succeeded' FROM procrastinate_jobs WHERE queueing_lock = 'asked'"
    assert wait_until(root, done)
    assert worker.poll() is None
    assert "Traceback" not in log.read_text()
