"""Load: wrk with a list of addresses, in a window of some seconds."""

import json
import os
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg

from .walk import read

SCRIPT = Path(__file__).with_name("paths.lua")
DRAINED_S = 20


@dataclass(frozen=True)
class Window:
    """What a server did in one window. `p50` and `p95` are seconds of one request."""

    requests: int
    seconds: float
    bytes: int
    p50: float
    p95: float
    errors: int

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds

    @property
    def size(self) -> float:
        """Bytes of an answer, its head included."""
        return self.bytes / max(1, self.requests)


def load(addresses: list[str], *, connections: int, seconds: int, seed: int) -> Window:
    """Ask for these addresses of one server in a random order that `seed` decides."""
    base = "/".join(addresses[0].split("/")[:3])
    with tempfile.NamedTemporaryFile("w") as paths:
        paths.write("\n".join(address.removeprefix(base) for address in addresses))
        paths.flush()
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "60s", "-s", str(SCRIPT), base]
        given = os.environ | {"BENCH_PATHS": paths.name, "BENCH_SEED": str(seed)}
        told = subprocess.run(command, env=given, capture_output=True, text=True, check=True).stdout
    return Window(**json.loads(next(line[4:] for line in told.splitlines() if line.startswith("JSON"))))


def single(address: str) -> Window:
    """One request, for answers that take longer than a window has room for."""
    began = time.perf_counter()
    try:
        size, errors = len(read(address)), 0
    except OSError:
        size, errors = 0, 1
    taken = time.perf_counter() - began
    return Window(1, taken, size, taken, taken, errors)


def drained(root: psycopg.Connection) -> bool:
    """Cancel what a slow server still asks after its callers have gone: it would load the next one's window.

    False when it goes on all the same.
    """
    until = time.monotonic() + DRAINED_S
    cancel = (
        "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE datname = current_database()"
        " AND state = 'active' AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    while root.execute(cancel).fetchone() != (0,):
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True
