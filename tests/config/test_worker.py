"""The worker that `bin/run` starts goes on whatever anybody says on its channel."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from apps.config.environment import ROOT
from apps.config.tasks import seal_history

PATIENCE_S = 90
CHANNEL = "procrastinate_any_queue_v1"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "worker.log"


@pytest.fixture
def worker(committed_db: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    names = ("DATABASE_URL", "OWNER_DATABASE_URL", "PUBLIC_DATABASE_URL")
    urls = {name: os.environ[name].rsplit("/", 1)[0] + f"/{committed_db}" for name in names}
    settings = {"DJANGO_SETTINGS_MODULE": "apps.config.settings.test", "BALADIYA_TEST_URLS": "true"}
    command = [sys.executable, "manage.py", "procrastinate", "worker"]
    with log.open("wb") as told:
        process = subprocess.Popen(command, cwd=ROOT, env=os.environ | urls | settings, stderr=told)
        yield process
        process.terminate()
        process.wait(30)


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
