"""T12: hundreds of files made to harm. None escapes, none calls out, each ends in a sentence or in rows.

Watched from outside: a yard around the run's folder in which nothing may change, a secret in it that may not come out,
and a listener that may not be called. Processor time is counted, for the clock depends on who else is at work. Each
trap is a test of its own, so that one that hangs is known by its name.
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
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gis.exchange.limits import LIMITS
from gis.exchange.reasons import in_both
from gis.exchange.refusals import SENTENCES, UnreadableFile
from gis.exchange.source import Source
from tests.figures import Record
from tests.gis.exchange.traps.archives import archives
from tests.gis.exchange.traps.case import POINTS, READ, Trap, packed
from tests.gis.exchange.traps.documents import documents
from tests.gis.exchange.traps.drawings import drawings
from tests.gis.exchange.traps.extracts import extracts
from tests.gis.exchange.traps.tables import tables

MOST_SECONDS = 10
SECRET = "the-canary-sings"
LEAST_TRAPS = 200
pytestmark = pytest.mark.timeout(180)


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
    """`given` holds the delivered file, `work` is the run's; `secret.csv` lies above both.

    `ended` counts the traps that did no harm by how they ended, `sprung` all of them.
    """

    root: Path
    listener: Listener
    sprung: int = 0
    ended: Counter[str] = field(default_factory=Counter)

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


def fenced(root: Path, listener: Listener) -> Yard:
    (root / "secret.csv").write_text(f"lon,lat,x\n57.5,23.4,{SECRET}\n")
    for name in ("given", "work"):
        (root / name).mkdir()
    return Yard(root, listener)


@pytest.fixture
def yard(tmp_path: Path) -> Iterator[Yard]:
    with closing(Listener()) as listener:
        yield fenced(tmp_path, listener)


@pytest.fixture(scope="module")
def common_yard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Yard]:
    """One for all traps of a run: what one leaves behind is found by the next."""
    with closing(Listener()) as listener:
        yield fenced(tmp_path_factory.mktemp("yard"), listener)


def outcome(path: Path, work: Path, table: str = "") -> tuple[str, str]:
    """How the file ends, and all that came out of it."""
    told = []
    try:
        with Source(path, work, table=table) as source:
            for batch in source.batches():
                told.append(str(batch.attributes.slice(0, 3).to_pylist())[:10_000])
    except UnreadableFile as error:
        arabic, english = in_both(error, {})
        return error.reason, arabic + english
    return READ, "".join(told)


def spring(trap: Trap, yard: Yard) -> str:
    """The outcome, after all that must not have happened was looked for."""
    given, work = (yard.root / name / str(yard.sprung) for name in ("given", "work"))
    given.mkdir()
    work.mkdir()
    path = trap.lay(given)
    before, began = yard.state(), _processor_time()
    ended, told = outcome(path, work, trap.table)
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


def every(away: str = "http://x", secret: str = "/x") -> dict[str, list[Trap]]:
    """All traps by their kind."""
    return {
        "archives": list(archives()), "documents": list(documents(away, secret)), "drawings": list(drawings()),
        "extracts": list(extracts(away, secret)), "tables": list(tables()),
    }  # fmt: skip


def cases() -> Iterator[object]:
    """The archives in every run, the others in the long one."""
    for kind, traps in every().items():
        marks = [] if kind == "archives" else [pytest.mark.long]
        for number, one in enumerate(traps):
            yield pytest.param(kind, number, id=f"{kind}-{ascii(one.name)[1:-1]}", marks=marks)


@pytest.fixture(scope="module")
def laid(common_yard: Yard) -> dict[str, list[Trap]]:
    """The traps, with the address and the secret of the yard in them."""
    return every(f"http://127.0.0.1:{common_yard.listener.port}", str(common_yard.secret))


@pytest.mark.parametrize(("kind", "number"), list(cases()))
def test_a_trap_does_no_harm(common_yard: Yard, laid: dict[str, list[Trap]], kind: str, number: int) -> None:
    common_yard.sprung += 1
    ended = spring(laid[kind][number], common_yard)
    assert kind != "archives" or ended != "reader_crashed"
    common_yard.ended[ended] += 1


@pytest.mark.long
def test_what_the_traps_did(common_yard: Yard, laid: dict[str, list[Trap]], figure: Record) -> None:
    """After them: the figures of this run. The archives are sprung by the gate, and counted here when they were."""
    ended = ", ".join(f"{name} {count}" for name, count in common_yard.ended.most_common())
    figure("traps sprung", f"{common_yard.sprung} of {sum(map(len, laid.values()))}: {ended}")
    figure("escapes", common_yard.sprung - common_yard.ended.total())
    figure("calls of the network", len(common_yard.listener.calls))
    assert (common_yard.ended.total(), common_yard.listener.calls) == (common_yard.sprung, [])


def test_there_are_enough() -> None:
    names = [one.name for traps in every().values() for one in traps]
    assert len(names) >= LEAST_TRAPS
    assert len(set(names)) == len(names)


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
