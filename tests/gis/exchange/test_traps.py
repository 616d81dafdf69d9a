"""T12: hundreds of files made to harm. None escapes, none calls out, each ends in a sentence or in rows.

Watched from outside: a yard around the run's folder in which nothing may change, a secret in it that may not come out,
and a listener that may not be called. Processor time is counted, for the clock depends on who else is at work.
"""

import hashlib
import resource
import socket
import subprocess
import sys
import threading
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from gis.exchange.limits import LIMITS
from gis.exchange.reasons import in_both
from gis.exchange.refusals import SENTENCES, UnreadableFile
from gis.exchange.source import Source
from tests.gis.exchange.traps.archives import archives
from tests.gis.exchange.traps.case import POINTS, READ, Trap, packed
from tests.gis.exchange.traps.documents import documents
from tests.gis.exchange.traps.drawings import drawings
from tests.gis.exchange.traps.tables import tables

MOST_SECONDS = 10
SECRET = "the-canary-sings"
LEAST_TRAPS = 200
pytestmark = pytest.mark.timeout(900)


class Listener:
    """Counts who calls it, by TCP or UDP."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.tcp.getsockname()[1]
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", self.port))
        for wait in (self._accept, self._receive):
            threading.Thread(target=wait, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                self.tcp.accept()[0].close()
            except OSError:
                return
            self.calls.append("tcp")

    def _receive(self) -> None:
        while True:
            try:
                self.udp.recv(1)
            except OSError:
                return
            self.calls.append("udp")

    def close(self) -> None:
        self.tcp.close()
        self.udp.close()


@dataclass
class Yard:
    """`given` holds the delivered file, `work` is the run's; `secret.csv` lies above both."""

    root: Path
    listener: Listener

    @property
    def secret(self) -> Path:
        return self.root / "secret.csv"

    def state(self) -> dict[str, str]:
        """Everything but what lies in `work`."""
        return {
            str(path.relative_to(self.root)): _digest(path)
            for path in sorted(self.root.rglob("*"))
            if self.root / "work" not in path.parents
        }


@pytest.fixture
def yard(tmp_path: Path) -> Iterator[Yard]:
    (tmp_path / "secret.csv").write_text(f"lon,lat,x\n57.5,23.4,{SECRET}\n")
    for name in ("given", "work"):
        (tmp_path / name).mkdir()
    with closing(Listener()) as listener:
        yield Yard(tmp_path, listener)


def outcome(path: Path, work: Path) -> tuple[str, str]:
    """How the file ends, and all that came out of it."""
    told = []
    try:
        with Source(path, work) as source:
            for batch in source.batches():
                told.append(str(batch.attributes.slice(0, 3).to_pylist())[:10_000])
    except UnreadableFile as error:
        arabic, english = in_both(error, {})
        return error.reason, arabic + english
    return READ, "".join(told)


def spring(trap: Trap, yard: Yard) -> str:
    """The outcome, after all that must not have happened was looked for."""
    given, work = yard.root / "given" / "file", yard.root / "work" / "run"
    given.mkdir()
    work.mkdir()
    path = trap.lay(given)
    before, began = yard.state(), _processor_time()
    ended, told = outcome(path, work)
    assert ended in {READ, *SENTENCES}
    assert _processor_time() - began < MOST_SECONDS
    assert yard.state() == before, "something was written outside"
    assert SECRET not in told, "a file was read that was not given"
    assert yard.listener.calls == [], "somebody was called"
    assert sum(one.stat().st_size for one in work.rglob("*") if one.is_file()) <= LIMITS.unpacked
    for folder in (given, work):
        _clear(folder)
    assert not trap.ends or ended in trap.ends, f"{ended}: {told[:300]}"
    return ended


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"


def _processor_time() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _clear(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
    folder.rmdir()


def spring_all(traps: Iterator[Trap], yard: Yard) -> Counter[str]:
    """How many ended how; every trap that did harm is told, not the first only."""
    ended: Counter[str] = Counter()
    harmed = []
    for number, trap in enumerate(traps):
        place = yard.root / str(number)
        (place / "given").mkdir(parents=True)
        (place / "work").mkdir()
        try:
            ended[spring(trap, Yard(place, yard.listener))] += 1
        except AssertionError as error:
            harmed.append(f"{trap.name}: {error}")
    assert harmed == []
    return ended


def test_archives(yard: Yard) -> None:
    ended = spring_all(archives(), yard)
    assert ended.total() > 140
    assert "reader_crashed" not in ended


@pytest.mark.long
def test_documents(yard: Yard) -> None:
    assert spring_all(documents(f"http://127.0.0.1:{yard.listener.port}", str(yard.secret)), yard).total() > 70


@pytest.mark.long
def test_drawings(yard: Yard) -> None:
    assert spring_all(drawings(), yard).total() > 20


@pytest.mark.long
def test_tables(yard: Yard) -> None:
    assert spring_all(tables(), yard).total() > 70


def test_there_are_enough() -> None:
    every = [*archives(), *documents("http://x", "/x"), *drawings(), *tables()]
    assert len(every) >= LEAST_TRAPS
    assert len({one.name for one in every}) == len(every)


class TestTheWatch:
    """It must notice what it is there to notice."""

    def test_it_sees_what_is_written_outside(self, yard: Yard) -> None:
        """As a program unpacks that believes the names in an archive."""
        (yard.root / "given" / "a.zip").write_bytes(packed([("../../evil.csv", POINTS)]))
        before = yard.state()
        with zipfile.ZipFile(yard.root / "given" / "a.zip") as archive:
            for name in archive.namelist():
                (yard.root / "work" / "run").mkdir()
                (yard.root / "work" / "run" / name).write_bytes(archive.read(name))
        assert yard.state() != before

    @pytest.mark.parametrize("kind", ["tcp", "udp"])
    def test_it_hears_a_call(self, yard: Yard, kind: str) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM) as caller:
            caller.connect(("127.0.0.1", yard.listener.port))
            caller.send(b"x")
            for _wait in range(1000):
                if yard.listener.calls:
                    break
                threading.Event().wait(0.01)
        assert yard.listener.calls == [kind]

    def test_without_the_guard_a_virtual_file_reads_the_secret(self, yard: Yard) -> None:
        """GDAL with all its drivers, in a process of its own: the traps are traps."""
        trap = next(one for one in documents("http://x", str(yard.secret)) if one.name == "virtual a file as x.vrt")
        path = trap.lay(yard.root / "given")
        path.write_text(path.read_text().replace('name="x"', 'name="secret"'))
        code = "import json, sys, pyogrio; print(pyogrio.raw.read(sys.argv[1])[3])"
        done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True)
        assert SECRET in done.stdout
