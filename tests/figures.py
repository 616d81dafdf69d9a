"""Figures of the long tests: what was measured, on which day and machine, written to tests/figures.md.

A pytest plugin: a test records with the fixture `figure`, and `bin/test --long` writes the file that is committed.
"""

import datetime
import os
import platform
from collections.abc import Callable
from pathlib import Path

import pytest

FILE = Path(__file__).with_name("figures.md")
RECORDED = pytest.StashKey[list[tuple[str, str, str]]]()

Record = Callable[[str, object], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--figures", action="store_true", help="write what the tests measured to tests/figures.md")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[RECORDED] = []


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Record:
    """`figure("kills", 91)`: a line of the table, under the name of the test."""
    recorded = request.config.stash[RECORDED]
    return lambda name, value: recorded.append((request.node.name, name, str(value)))


def pytest_sessionfinish(session: pytest.Session) -> None:
    recorded = session.config.stash[RECORDED]
    if session.config.getoption("--figures") and recorded:
        FILE.write_text(page(recorded, datetime.date.today()), encoding="utf-8")


def page(recorded: list[tuple[str, str, str]], day: datetime.date) -> str:
    """The table as a page."""
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    lines = [f"| {test} | {name} | {value} |" for test, name, value in recorded]
    head = ["# Figures of the long tests", "", f"Measured by `bin/test --long` on {day:%Y-%m-%d} ({machine}).", ""]
    return "\n".join([*head, "| test | what | figure |", "|---|---|---|", *lines, ""])
