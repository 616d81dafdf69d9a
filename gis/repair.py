"""Repairs invalid geometries outside this process and outside the database.

A cancelled ST_MakeValid has crashed a whole cluster, and uncancelled it never ended (reliability programme, findings
3 and 4). Here a bomb ends only its own child, and only its own feature is told to be beyond repair.
"""

import os
import socket
import struct
import subprocess
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import shapely

from gis.findings import Finding, Reason
from gis.geometry import TAKES, as_kind, check
from gis.measure import area_m2
from gis.wkb import from_wkb

CHILD = Path(__file__).with_name("repair_child.py")
# The child has two seconds of processor time for each geometry; on a busy machine they last longer.
WALL_SECONDS = 15.0


@dataclass(frozen=True)
class Repaired:
    """A sound geometry of the wanted kind. Areas in square metres, geodesic; lost parts had no area."""

    geometry: Any
    area_before_m2: float
    area_after_m2: float


class Mender:
    """A few children that repair, each one geometry at a time."""

    def __init__(self, children: int = 0) -> None:
        self.children = [Child() for _number in range(children or min(4, os.cpu_count() or 1))]
        self._idle: SimpleQueue[Child] = SimpleQueue()
        for child in self.children:
            self._idle.put(child)

    def repair(self, geometry: Any, *, kind: str) -> Repaired | Finding:
        """The geometry made sound, of the kind that the layer stores, or why not. It must be under the cap."""
        child = self._idle.get()
        try:
            answer = child.ask(bytes(shapely.to_wkb(geometry)))
        finally:
            self._idle.put(child)
        if not answer:
            return Finding(Reason.BEYOND_REPAIR)
        return _judged(geometry, from_wkb(answer), kind)

    def repair_all(self, geometries: Iterable[Any], *, kind: str) -> list[Repaired | Finding]:
        """Each in its turn; a bomb holds up one child for two seconds, not the others."""
        with ThreadPoolExecutor(len(self.children)) as threads:
            return list(threads.map(lambda geometry: self.repair(geometry, kind=kind), geometries))

    def close(self) -> None:
        for child in self.children:
            child.end()


@contextmanager
def mender(children: int = 0) -> Iterator[Mender]:
    """Children for the time of the block; they start with the first geometry."""
    made = Mender(children)
    try:
        yield made
    finally:
        made.close()


def _judged(before: Any, after: Any, kind: str) -> Repaired | Finding:
    if isinstance(after, Finding):
        return after
    if after.is_empty:
        return Finding(Reason.VANISHED)
    if kind in TAKES and after.geom_type not in TAKES[kind]:
        return Finding(Reason.VANISHED)  # an outline of no width became a line
    if finding := check(after, kind=kind):
        return finding
    return Repaired(as_kind(after, kind), area_m2(before), area_m2(after))


class Child:
    """One child process, started when it is needed and again after a bomb."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self.line: socket.socket | None = None

    def ask(self, data: bytes) -> bytes:
        """The repaired geometry, or nothing."""
        line = self.line = self.line or self.start()
        try:
            line.sendall(struct.pack(">I", len(data)) + data)
            (length,) = struct.unpack(">I", _receive(line, 4))
            return _receive(line, length)
        except (EOFError, OSError):  # a timeout is an OSError too
            self.end()
            return b""

    def start(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        ours.settimeout(WALL_SECONDS)
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-I", CHILD],
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=subprocess.DEVNULL,
                env={"LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
            )
        return ours

    def end(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        if self.line is not None:
            self.line.close()
        self.process = self.line = None


def _receive(line: socket.socket, wanted: int) -> bytes:
    got = bytearray()
    while len(got) < wanted:
        piece = line.recv(wanted - len(got))
        if not piece:
            raise EOFError
        got += piece
    return bytes(got)
