"""Figures of the long tests: what was measured, on which day and machine, written to tests/figures.md.

A pytest plugin: a test records with the fixture `figure`, and `bin/test --long` writes the file that is committed. What
tests of this run measured before is replaced, the lines of other tests stay, each with the day of its own run.
"""

import datetime
import os
import platform
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

FILE = Path(__file__).with_name("figures.md")
Record = Callable[[str, object], None]


@dataclass(frozen=True)
class Figure:
    """A line of the table."""

    test: str
    name: str
    value: str
    day: str = ""


RECORDED = pytest.StashKey[list[Figure]]()
COMMITTED = pytest.StashKey[list[Figure]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--figures", action="store_true", help="write what the tests measured to tests/figures.md")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[RECORDED] = []
    config.stash[COMMITTED] = read(FILE.read_text(encoding="utf-8"))


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Record:
    """`figure("kills", 91)`: a line of the table, under the name of the test."""
    recorded = request.config.stash[RECORDED]
    return lambda name, value: recorded.append(Figure(request.node.name, name, str(value)))


@pytest.fixture
def count(request: pytest.FixtureRequest, figure: Record) -> Iterator[Record]:
    """As `figure`, for what must not change unnoticed: in the end the test fails if the committed lines say otherwise.

    `bin/test --long` has written the new ones by then: if they are meant, they are the ones to commit.
    """
    before = {one.name: one.value for one in request.config.stash[COMMITTED] if one.test == request.node.name}
    counted: dict[str, str] = {}

    def note(name: str, value: object) -> None:
        figure(name, value)
        counted[name] = str(value)

    yield note
    other = {name: (value, before.get(name)) for name, value in counted.items() if value != before.get(name)}
    assert other == {}, f"now, and in {FILE.name}"


def pytest_sessionfinish(session: pytest.Session) -> None:
    config, today = session.config, str(datetime.date.today())
    recorded = [Figure(one.test, one.name, one.value, today) for one in config.stash[RECORDED]]
    if config.getoption("--figures") and recorded:
        FILE.write_text(page(merged(config.stash[COMMITTED], recorded)), encoding="utf-8")


def merged(before: list[Figure], now: list[Figure]) -> list[Figure]:
    """Those of a test that ran are as it measured them, in the place of those that it had before."""
    ran = {one.test for one in now}
    tests = dict.fromkeys(one.test for one in [*before, *now])
    return [one for test in tests for one in (now if test in ran else before) if one.test == test]


def read(text: str) -> list[Figure]:
    """The lines of a page; names and figures hold no bars."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    return [Figure(*cells) for cells in rows[2:]]


def page(figures: Iterable[Figure]) -> str:
    """The table as a page."""
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    lines = [f"| {one.test} | {one.name} | {one.value} | {one.day} |" for one in figures]
    head = ["# Figures of the long tests", "", f"Measured by `bin/test --long` ({machine}), each on the day beside it."]
    return "\n".join([*head, "", "| test | what | figure | day |", "|---|---|---|---|", *lines, ""])
