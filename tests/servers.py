"""Servers for the tests: the real one, as `bin/run` starts it, on a database of the test; and Django's, in a thread."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import connections
from django.test.testcases import LiveServerThread

from apps.config.environment import ROOT, databases

MOST_SESSIONS = 8  # of each login
PATIENCE_S = 90  # a busy machine imports Django and GDAL slowly


@contextmanager
def served(database: str, **environment: str) -> Iterator[str]:
    """Run the server on `database`; gives its address ("http://127.0.0.1:40000"). It ends with the block."""
    port = free_port()
    urls = {
        name: os.environ[name].rsplit("/", 1)[0] + f"/{database}"
        for name in ("DATABASE_URL", "OWNER_DATABASE_URL", "PUBLIC_DATABASE_URL")
    }
    settings = {"DJANGO_SETTINGS_MODULE": "apps.config.settings.test", "BALADIYA_TEST_URLS": "true"}
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "apps.config.server"]
    with running(command, urls | settings | {"PORT": str(port)} | environment, f"{address}/healthz"):
        yield address


@contextmanager
def running(command: list[str], environment: dict[str, str], probe: str, said: IO[str] | None = None) -> Iterator[int]:
    """Run a server until the block ends; gives the id of its process once an address of it answers.

    What it says goes to the file `said`, or where the caller's own goes.
    """
    environment = os.environ | environment
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, start_new_session=True, stdout=said, stderr=said and subprocess.STDOUT
    )
    try:
        _wait_for(probe, process)
        yield process.pid
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, 15)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)


@contextmanager
def live_site() -> Iterator[str]:
    """Django's own server in a thread of this process, static files included: quick, and on the test's databases."""
    server = LiveServerThread("127.0.0.1", StaticFilesHandler)
    server.daemon = True
    with pools():
        server.start()
        server.is_ready.wait()
        if server.error:
            raise server.error
        yield f"http://127.0.0.1:{server.port}"
        server.terminate()
        server.join()


@contextmanager
def pools() -> Iterator[None]:
    """Sessions are kept from request to request, as the real server's: to begin one costs more than most requests."""
    pooled = {alias: given for alias, given in databases(pool=MOST_SESSIONS).items() if "OPTIONS" in given}
    before = {alias: connections[alias].settings_dict["OPTIONS"] for alias in pooled}
    for alias, given in pooled.items():
        connections[alias].close()
        connections[alias].settings_dict["OPTIONS"] = given["OPTIONS"]
    try:
        yield
    finally:
        for alias in pooled:
            connections[alias].close()
            connections[alias].close_pool()
            connections[alias].settings_dict["OPTIONS"] = before[alias]


def _wait_for(probe: str, process: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + PATIENCE_S
    while time.monotonic() < ends:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode} before it answered")
        try:
            with urllib.request.urlopen(probe, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise TimeoutError(f"no answer from {probe} in {PATIENCE_S} s")


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
