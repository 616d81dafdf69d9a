"""T12: hundreds of files made to harm. None escapes, none calls out, each ends in a sentence or in rows.

Watched from outside: a yard around the run's folder in which nothing may change, a secret in it that may not come out,
and a listener that may not be called. Processor time is counted, for the clock depends on who else is at work. Each
trap is a test of its own, so that one that hangs is known by its name. The archives are sprung by the gate; all kinds,
archives too, in the long run, whose figures are of one run.
"""

import hashlib
import resource
import socket
import subprocess
import sys
import threading
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from gis.exchange.limits import LIMITS, MIB
from gis.exchange.reasons import in_both
from gis.exchange.refusals import SENTENCES, UnreadableFile
from gis.exchange.source import Source
from tests.figures import Record
from tests.gis.exchange.traps.archives import archives
from tests.gis.exchange.traps.bundles import bundles
from tests.gis.exchange.traps.case import POINTS, READ, Trap, packed, trap
from tests.gis.exchange.traps.documents import documents
from tests.gis.exchange.traps.drawings import drawings
from tests.gis.exchange.traps.extracts import extracts
from tests.gis.exchange.traps.forged import forged
from tests.gis.exchange.traps.streams import streams
from tests.gis.exchange.traps.tables import tables

MOST_SECONDS = 10
SECRET = "the-canary-sings"
LEAST_ARCHIVES = 200
LOOK_EVERY_S = 0.02
# The bombs among them would become gigabytes. They are stopped long before the most that any file may become.
MOST_UNPACKED = LIMITS.ratio_from + 64 * MIB
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

    `ended` says of each trap that did no harm how it ended, `sprung` counts all of them; `most` is what lay in `work`
    at once, in bytes. `spent` are the traps by the seconds of processor time that their reader and we ourselves took.
    """

    root: Path
    listener: Listener
    sprung: int = 0
    most: int = 0
    ended: dict[str, str] = field(default_factory=dict)
    spent: dict[str, tuple[float, float]] = field(default_factory=dict)

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

    @contextmanager
    def measured(self, work: Path) -> Iterator[list[int]]:
        """The sizes of what lies in `work`, looked at all the while: what is unpacked may be gone in the end."""
        sizes: list[int] = []
        over = threading.Event()

        def look() -> None:
            while True:
                last = over.wait(LOOK_EVERY_S)
                sizes.append(_size(work))
                if last:
                    return

        watcher = threading.Thread(target=look)
        watcher.start()
        try:
            yield sizes
        finally:
            over.set()
            watcher.join()
            self.most = max(self.most, *sizes)


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
    yard.sprung += 1
    given, work = (yard.root / name / str(yard.sprung) for name in ("given", "work"))
    given.mkdir()
    work.mkdir()
    path = trap.lay(given)
    before, began = yard.state(), _processor_time()
    with yard.measured(work) as sizes:
        ended, told = outcome(path, work, trap.table)
        reader, ours = (now - then for now, then in zip(_processor_time(), began, strict=True))
    yard.spent[trap.name] = (reader, ours)
    assert ended in {READ, *SENTENCES}
    assert reader + ours < MOST_SECONDS
    assert yard.state() == before, "something was written outside"
    assert SECRET not in told, "a file was read that was not given"
    assert yard.listener.calls == [], "somebody was called"
    assert max(sizes) <= MOST_UNPACKED, "much was unpacked"
    assert str(work) not in told, "where our files lie was told"
    assert ended == READ or "Cc" not in map(unicodedata.category, told), "what cannot be shown was told"
    for folder in (given, work):
        _clear(folder)
    assert not trap.ends or ended in trap.ends, f"{ended}: {told[:300]}"
    return ended


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"


def _processor_time() -> tuple[float, float]:
    """Seconds that readers have taken which have ended, and that this thread has: what they send is read by it."""
    spent = map(resource.getrusage, (resource.RUSAGE_CHILDREN, resource.RUSAGE_THREAD))
    reader, ours = (used.ru_utime + used.ru_stime for used in spent)
    return reader, ours


def _size(folder: Path) -> int:
    """What lies there and is no link; files may go while they are looked at."""
    size = 0
    with suppress(OSError):
        for path in folder.rglob("*"):
            size += 0 if path.is_dir() else path.lstat().st_size
    return size


def _clear(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
    folder.rmdir()


def every(away: str = "http://x", secret: str = "/x") -> dict[str, list[Trap]]:
    """All traps by their kind."""
    return {
        "archives": [*archives(), *forged(), *streams(), *bundles(away, secret)],
        "documents": list(documents(away, secret)), "drawings": list(drawings()),
        "extracts": list(extracts(away, secret)), "tables": list(tables()),
    }  # fmt: skip


def cases(*kinds: str) -> Iterator[object]:
    for kind, traps in every().items():
        for number, one in enumerate(traps):
            if not kinds or kind in kinds:
                yield pytest.param(kind, number, id=f"{kind}-{ascii(one.name)[1:-1]}")


@pytest.fixture(scope="module")
def laid(common_yard: Yard) -> dict[str, list[Trap]]:
    """The traps, with the address and the secret of the yard in them."""
    return every(f"http://127.0.0.1:{common_yard.listener.port}", str(common_yard.secret))


@pytest.mark.parametrize(("kind", "number"), list(cases("archives")))
def test_an_archive_does_no_harm(common_yard: Yard, laid: dict[str, list[Trap]], kind: str, number: int) -> None:
    assert spring(laid[kind][number], common_yard) != "reader_crashed"


@pytest.mark.long
@pytest.mark.parametrize(("kind", "number"), list(cases()))
def test_a_trap_does_no_harm(common_yard: Yard, laid: dict[str, list[Trap]], kind: str, number: int) -> None:
    ended = spring(laid[kind][number], common_yard)
    assert kind != "archives" or ended != "reader_crashed"
    common_yard.ended[laid[kind][number].name] = ended


@pytest.mark.long
def test_what_the_traps_did(common_yard: Yard, laid: dict[str, list[Trap]], figure: Record) -> None:
    """After them: the figures of this run."""
    done, total = len(common_yard.ended), sum(map(len, laid.values()))
    ends = ", ".join(f"{name} {count}" for name, count in Counter(common_yard.ended.values()).most_common())
    figure("traps sprung", f"{done} of {total}, {len(laid['archives'])} of them archives: {ends}")
    figure("escapes", total - done)
    figure("calls of the network", len(common_yard.listener.calls))
    figure("most on the disk at once", f"{common_yard.most / MIB:.0f} MiB")
    slowest, (reader, ours) = max(common_yard.spent.items(), key=lambda spent: sum(spent[1]))
    figure("slowest", f"{ascii(slowest)[1:-1]}: {reader:.1f} s of processor time, and {ours:.1f} s of ours")
    figure("most of our own processor time for one", f"{max(own for _reader, own in common_yard.spent.values()):.1f} s")
    assert (done, common_yard.listener.calls) == (total, [])


def test_there_are_enough() -> None:
    traps = every()
    names = [one.name for kind in traps.values() for one in kind]
    assert len(traps["archives"]) >= LEAST_ARCHIVES
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


# What a reader would do that a file has taken over; it waits until the listener has hung up.
DEEDS = {
    "written outside": "open({root!r} + '/evil', 'w').close()",
    "a file was read": "return Path({root!r}) / 'secret.csv', request",
    "somebody was called": "socket.create_connection(('127.0.0.1', {port})).recv(1)",
}
TAKEN_OVER = """
import runpy, socket
from pathlib import Path
from gis.exchange import confine
from gis.exchange.readers import archive
{off}
def unzip(path, request, real=archive.unzip):
    {deed}
    return real(path, request)
archive.unzip = unzip
runpy.run_module("gis.exchange.child", run_name="__main__", alter_sys=True)
"""
WITHOUT_GUARD = "confine.see_only = confine.leave_network = lambda *_given: None"


class TestTheGuard:
    """An import whose reader a file has taken over: with the confinement it can do nothing, without it all."""

    def spring(self, yard: Yard, monkeypatch: pytest.MonkeyPatch, deed: str, off: str) -> str:
        code = TAKEN_OVER.format(off=off, deed=deed.format(root=str(yard.root), port=yard.listener.port))
        start = subprocess.Popen

        def taken_over(command: list[str], **options: Any) -> Any:
            assert command[1:3] == ["-m", "gis.exchange.child"]
            return start([command[0], "-c", code, *command[3:]], **options)

        monkeypatch.setattr("gis.exchange.source.subprocess.Popen", taken_over)
        return spring(trap("taken over", "a.zip", packed([("points.csv", POINTS)])), yard)

    @pytest.mark.parametrize("bark", DEEDS)
    def test_with_it_nothing_happens(self, yard: Yard, monkeypatch: pytest.MonkeyPatch, bark: str) -> None:
        assert self.spring(yard, monkeypatch, DEEDS[bark], "") == "reader_crashed"

    @pytest.mark.parametrize("bark", DEEDS)
    def test_without_it_the_watch_barks(self, yard: Yard, monkeypatch: pytest.MonkeyPatch, bark: str) -> None:
        with pytest.raises(AssertionError, match=bark):
            self.spring(yard, monkeypatch, DEEDS[bark], WITHOUT_GUARD)

    def test_a_reader_that_is_its_own_reads(self, yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
        assert self.spring(yard, monkeypatch, "pass", "") == READ
