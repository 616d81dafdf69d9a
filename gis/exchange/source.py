"""The file as the importing process sees it: a stream from the limited process that alone opens it."""

import hashlib
import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import pyarrow as pa

from . import telling
from .confine import ENVIRONMENT
from .limits import LIMITS, MIB
from .readers.table import DONE, FIXED, HEAD, Head
from .refusals import UnreadableFile
from .waiting import Patient

ROOT = Path(__file__).resolve().parents[2]
Waiting = Callable[[float, int], None]
# The most that a reader has to say at the end: samples of hundreds of columns, each letter as an escape.
MOST_SAID = 16 * MIB
ENDS_WITHIN_S = 10.0
# How the reader was ended, and what that means.
SIGNALS: dict[int, tuple[str, dict[str, int]]] = {
    -signal.SIGXCPU: ("took_too_long", {}),
    -signal.SIGXFSZ: ("unpacks_too_large", {"most": LIMITS.unpacked}),
}


@dataclass(frozen=True)
class Batch:
    """Some rows of the file. `done` tells how much of it has been read, 0 to 1."""

    rows: pa.Array
    geometry: pa.Array
    faults: pa.Array
    attributes: pa.RecordBatch
    done: float


@dataclass(frozen=True)
class Look:
    """What `Source.look` found; of the table asked for, or of the first.

    `tables` is empty where the format has but one, `counts` are their rows where known; `whole` is how all are asked
    for at once, None where one must be named. `samples` are the first different values by column; `extent` (west,
    south, east, north in the file's own system and order) and `faults` are of the `seen` first rows, and these are
    `first`.
    """

    head: Head
    first: Batch | None
    tables: tuple[str, ...]
    counts: dict[str, int]
    whole: str | None
    samples: dict[str, list[str]]
    seen: int
    faults: int
    extent: tuple[float, float, float, float] | None

    @classmethod
    def of(cls, head: Head, first: Batch | None, told: dict[str, Any]) -> Self:
        """Of what was read and what the reader said besides."""
        extent = told["extent"]
        return cls(
            head,
            first,
            tuple(told["tables"]),
            told["counts"],
            told["whole"],
            told["samples"],
            told["seen"],
            told["faults"],
            tuple(extent) if extent else None,
        )


class Source:
    """Reads one file. `with Source(…) as source:` gives its head; `batches()` can be walked once.

    `places` is what else the reader is to know (`mapping.Wishes.reading`); `told` is what it said at the end. While
    nothing comes `waiting` is told every half second how much of the file has been gone through (0 to 1) and how many
    rows have come; what it raises ends the reading.
    """

    head: Head
    told: dict[str, Any]

    def __init__(
        self,
        path: Path,
        work: Path,
        *,
        table: str = "",
        encoding: str = "",
        places: Mapping[str, Any] | None = None,
        waiting: Waiting = lambda done, rows: None,
    ) -> None:
        self.waiting, self.done, self.rows = waiting, 0.0, 0
        self.path = path.resolve()
        self.request: dict[str, Any] = {"path": str(self.path), "work": str(work), "table": table}
        self.request |= {"encoding": encoding, **(places or {})}

    def __enter__(self) -> Self:
        self._start()
        try:
            self.stream = pa.ipc.open_stream(pa.PythonFile(Patient(self.process.stdout, self._wait), mode="r"))
            self.head = Head.from_json(self.stream.schema.metadata[HEAD])
        except (pa.ArrowException, OSError, KeyError, TypeError, ValueError) as error:
            try:
                self._end(error)
            finally:
                self._close()
        except BaseException:
            self._close()
            raise
        return self

    def look(self) -> "Look":
        """What is in the file, without reading all of it; instead of `with`. Raises UnreadableFile."""
        self.request["look"] = True
        with self:
            first = next(iter(list(self.batches())), None)
            return Look.of(self.head, first, self.told["look"])

    def _start(self) -> None:
        self._check_file()
        with ExitStack() as opened:  # closed again where no process can be started
            reading, writing = os.pipe()
            self.verdict: IO[bytes] = opened.enter_context(os.fdopen(reading, "rb", buffering=0))
            with os.fdopen(writing, "wb") as verdict_end:
                self.telling: IO[bytes] = opened.enter_context(os.fdopen(telling.channel(), "w+b"))
                self.process = self._reader(verdict_end.fileno(), self.telling.fileno())
            opened.pop_all()

    def _reader(self, *inherited: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "gis.exchange.child", json.dumps(self.request), *map(str, inherited)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            pass_fds=inherited,
            # Ctrl-C is for us: we end the reader ourselves.
            start_new_session=True,
            cwd=ROOT,
            env=_environment(),
        )

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self._close()

    def _close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.verdict.close()
        self.telling.close()

    def _wait(self) -> None:
        self.waiting(max(self.done, telling.told(self.telling.fileno())), self.rows)

    def batches(self) -> Iterator[Batch]:
        """The rows in order. Raises UnreadableFile when the reader gives up, also after many batches."""
        error: Exception | None = None
        while True:
            try:
                batch, metadata = self.stream.read_next_batch_with_custom_metadata()
                batch.validate(full=True)
                done = float(metadata[DONE])
            except StopIteration:
                break
            except (pa.ArrowException, OSError, KeyError, TypeError, ValueError) as problem:
                error = problem
                break
            self.done, self.rows = done, self.rows + batch.num_rows
            rows, geometry, faults = batch.columns[: len(FIXED)]
            yield Batch(rows, geometry, faults, batch.select(range(len(FIXED), batch.num_columns)), done)
        self.told = self._end(error)

    def _check_file(self) -> None:
        try:
            about = self.path.stat()
        except OSError as error:
            raise UnreadableFile("not_a_file", name=self.path.name) from error
        if not stat.S_ISREG(about.st_mode):
            raise UnreadableFile("not_a_file", name=self.path.name)
        if about.st_size > LIMITS.file:
            raise UnreadableFile("file_too_large", size=about.st_size, most=LIMITS.file)

    def _end(self, error: Exception | None) -> dict[str, Any]:
        """What the reader said at the end; silence means that it was ended."""
        assert self.process.stdout is not None  # noqa: S101  (asked for when the process was started)
        self.process.stdout.close()  # one that goes on sending would never come to its last word
        answer = _understood(bytes(Patient(self.verdict, self._wait).read(MOST_SAID)))
        code = self._ended()
        if answer and "code" in answer:
            raise UnreadableFile(answer["code"], **answer["details"])
        if answer and error is None:
            return answer
        reason, details = SIGNALS.get(code, ("reader_crashed", {}))
        raise UnreadableFile(reason, **details) from error

    def _ended(self) -> int:
        """How it ended, which it does once it has said its last word."""
        try:
            return self.process.wait(ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()


def _understood(told: bytes) -> dict[str, Any]:
    """A reader that was ended may have said half of it, or nothing."""
    try:
        return dict(json.loads(told)) if told else {}
    except (ValueError, TypeError):
        return {}


def checksum(path: Path) -> str:
    """SHA-256 of the file as it was delivered."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _environment() -> dict[str, str]:
    """Nothing of ours but where the libraries are: no address of a database, no secret."""
    kept = {name: os.environ[name] for name in ("GDAL_DATA", "PROJ_DATA", "LANG") if name in os.environ}
    return {"PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1", **kept, **ENVIRONMENT}
