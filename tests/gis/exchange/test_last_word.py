"""What the reader says at the end, or does not: nobody waits for it in vain, and nothing of it stays open."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from gis.exchange import source, waiting
from gis.exchange.refusals import Cancelled, UnreadableFile
from gis.exchange.source import Source

pytestmark = pytest.mark.timeout(60)

# In place of the reader, what a file has made of it. `stream` is a table as it should be.
INSTEAD = """
import io, os, sys, time
import pyarrow as pa
from gis.exchange.readers import sending
from gis.exchange.readers.table import Head, Table

def stream():
    out = io.BytesIO()
    sending.send(Table(Head("CSV", ("a",)), iter(())), out)
    return out.getvalue()

verdict = int(sys.argv[-2])
"""
TABLE = "\nos.write(1, stream())"
HALF_A_TABLE = "\nos.write(1, stream()[:-8])"
ENDLESS = "\nwhile True: os.write(1, b'x' * 65536)"
SILENT = "\nwhile True: time.sleep(60)"
HALF = "\nos.write(verdict, b'{\"rows\": ')"
LOUD = "\nwhile True: os.write(verdict, b' ' * 65536)"


@contextmanager
def closed(reading: Source) -> Iterator[Source]:
    """What was opened for it is closed at the end, while it is still known and nobody has tidied up."""
    before = sorted(Path("/proc/self/fd").iterdir())
    yield reading
    assert sorted(Path("/proc/self/fd").iterdir()) == before


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "work").mkdir()
    (tmp_path / "a.csv").write_text("lon,lat\n57.5,23.4\n")
    return tmp_path / "a.csv"


def instead(monkeypatch: pytest.MonkeyPatch, deed: str) -> None:
    start = subprocess.Popen

    def started(command: list[str], **options: Any) -> Any:
        assert command[1:3] == ["-m", "gis.exchange.child"]
        return start([command[0], "-c", INSTEAD + deed, *command[3:]], **options)

    monkeypatch.setattr(source.subprocess, "Popen", started)


@pytest.mark.parametrize("deed", [
    ENDLESS, HALF_A_TABLE + ENDLESS, TABLE + ENDLESS, TABLE + HALF, TABLE + LOUD, TABLE + HALF_A_TABLE,
], ids=["no table", "half a table", "after the table", "half a word", "no end of words", "no word"])  # fmt: skip
def test_one_that_does_not_end_as_it_should_has_crashed(file: Path, monkeypatch: pytest.MonkeyPatch, deed: str):
    """A pipe that nobody empties is full after a few pages; whoever writes more would never come to an end."""
    instead(monkeypatch, deed)
    with (
        closed(Source(file, file.parent / "work")) as reading,
        pytest.raises(UnreadableFile) as refusal,
        reading as found,
    ):
        assert list(found.batches()) == []
    assert refusal.value.reason == "reader_crashed"
    assert reading.process.returncode is not None


def test_who_waits_for_the_last_word_can_be_called_away(file: Path, monkeypatch: pytest.MonkeyPatch):
    instead(monkeypatch, TABLE + SILENT)
    monkeypatch.setattr(waiting, "OFTEN_S", 0.01)

    def called_away(_done: float, _rows: int) -> None:
        raise Cancelled

    with closed(Source(file, file.parent / "work")) as reading, reading:
        reading.waiting = called_away
        with pytest.raises(Cancelled):
            list(reading.batches())
    assert reading.process.returncode is not None


def test_one_that_has_said_its_last_word_is_not_waited_for(file: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(source, "ENDS_WITHIN_S", 0.1)
    instead(monkeypatch, TABLE + "\nos.write(verdict, b'{\"rows\": 0}')\nos.close(verdict)" + SILENT)
    with closed(Source(file, file.parent / "work")) as reading, reading as found:
        assert list(found.batches()) == []
    assert (reading.told, reading.process.returncode) == ({"rows": 0}, -9)


def test_where_no_process_can_be_started_nothing_stays_open(file: Path, monkeypatch: pytest.MonkeyPatch):
    def refused(*_given: Any, **_named: Any) -> Any:
        raise OSError("no more processes")

    monkeypatch.setattr(source.subprocess, "Popen", refused)
    with closed(Source(file, file.parent / "work")) as reading, pytest.raises(OSError, match="no more"), reading:
        pass
