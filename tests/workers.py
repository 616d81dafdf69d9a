"""The worker that carries out jobs, as `bin/run` starts it, on a database of the test."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from apps.config.environment import ROOT

PATIENCE_S = 240  # a busy machine imports Django and GDAL slowly
NAMES = ("DATABASE_URL", "OWNER_DATABASE_URL", "PUBLIC_DATABASE_URL")


@contextmanager
def working(database: str, log: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run the worker, from when it asks for jobs until the block ends; it may end earlier by itself."""
    urls = {name: os.environ[name].rsplit("/", 1)[0] + f"/{database}" for name in NAMES}
    settings = {"DJANGO_SETTINGS_MODULE": "apps.config.settings.test", "BALADIYA_TEST_URLS": "true"}
    command = [sys.executable, "manage.py", "work"]
    with log.open("wb") as told:
        process = subprocess.Popen(command, cwd=ROOT, env=os.environ | urls | settings | environment, stderr=told)
        try:
            _wait(process)
            yield process
        finally:
            process.terminate()
            process.wait(30)


def _wait(process: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + PATIENCE_S
    while time.monotonic() < ends and process.poll() is None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) > 0 FROM procrastinate_workers")
            if cursor.fetchone() == (True,):
                return
        time.sleep(0.2)
    raise RuntimeError("the worker does not ask for jobs")
