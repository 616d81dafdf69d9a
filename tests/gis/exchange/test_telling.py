"""How far a file is read is known before its first row comes, and who waits for that row can be called away."""

import os
from itertools import pairwise
from pathlib import Path

import pytest

from gis.exchange import telling, waiting
from gis.exchange.limits import LIMITS
from gis.exchange.readers.gone_through import GoneThrough
from gis.exchange.readers.osm_parts import count_parts
from gis.exchange.refusals import Cancelled
from gis.exchange.source import Source
from tests.gis.exchange.extracts import Node, Way, block, header
from tests.gis.exchange.test_openstreetmap import TOWN, extract, written

BLOCKS, EACH = 60, 2_000


def large(folder: Path) -> Path:
    """Blocks of nodes, and at their end one of ways."""
    nodes = [
        block(*(Node(n, 57.5 + n / 1e6, 23.4) for n in range(first + 1, first + EACH + 1)))
        for first in range(0, BLOCKS * EACH, EACH)
    ]
    ways = block(*(Way(n, [n, n + 1, n + 2], {"highway": "track"}) for n in range(1, 40_000, 2)))
    return written(folder, b"".join([header(["OsmSchema-V0.6", "DenseNodes"]), *nodes, ways]))


def test_the_first_pass_tells_after_every_block(tmp_path: Path):
    told: list[float] = []
    count_parts(large(tmp_path), told.append)
    assert len(told) == BLOCKS + 2
    assert all(before < after for before, after in pairwise(told))
    assert told[-1] == 1


def test_it_is_told_before_the_first_row_and_with_every_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(waiting, "OFTEN_S", 0.002)
    waited: list[tuple[float, int]] = []

    def note(done: float, rows: int) -> None:
        waited.append((done, rows))

    (work := tmp_path / "work").mkdir()
    with Source(large(tmp_path), work, table="lines/highway", waiting=note) as source:
        before = [done for done, _rows in waited]
        batches = [batch.done for batch in source.batches()]
    assert any(0 < done < 0.5 for done in before)
    assert before == sorted(before)
    assert batches == sorted(batches)
    assert 0.5 < batches[0] <= batches[-1] <= 1


def test_who_waits_can_be_called_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(waiting, "OFTEN_S", 0.002)

    def called_away(_done: float, _rows: int) -> None:
        raise Cancelled

    (work := tmp_path / "work").mkdir()
    source = Source(large(tmp_path), work, table="lines", waiting=called_away)
    with pytest.raises(Cancelled), source:
        pass
    assert source.process.returncode is not None


@pytest.mark.parametrize(
    ("written_there", "share"),
    [(b"0.2500", 0.25), (b"1.0000", 1), (b"nan", 0), (b"-1", 0), (b"9e99", 0), (b"\0\xff", 0), (b"", 0)],
)
def test_nothing_that_the_reader_writes_is_believed(written_there: bytes, share: float):
    channel = telling.channel()
    os.pwrite(channel, written_there, 0)
    assert telling.told(channel) == share
    os.close(channel)


def test_what_is_read_again_is_read_already(tmp_path: Path):
    path = written(tmp_path, extract(*TOWN))
    gone = GoneThrough(path)
    assert gone.share == 0
    with path.open("rb", buffering=0) as file:
        file.read(path.stat().st_size // 2)
        assert gone.share == pytest.approx(0.5, abs=0.01)
        file.seek(0)
        assert gone.share == pytest.approx(0.5, abs=0.01)


def test_a_reader_that_claims_to_send_more_than_memory_is_not_believed():
    """Whoever has taken over the reader names the size; what is set aside for it would be ours."""
    near, far = os.pipe()
    with os.fdopen(near, "rb") as pipe, os.fdopen(far, "wb"):
        with pytest.raises(OSError, match="at once"):
            waiting.Patient(pipe, lambda: None).read(LIMITS.memory + 1)
