"""Every pair of states: allowed by the table, allowed as an exception, or refused."""

import pytest

from apps.reports.workflow import EXCEPTIONS, Status, may_follow, needs_answer, next_states

# From the row to the column: "." never, "+" yes, "!" yes with an answer.
GRID = """
            new accepted in_progress done rejected
new          .     +         +        !      !
accepted     .     .         +        !      !
in_progress  .     !         .        !      !
done         .     .         !        .      .
rejected     .     !         .        .      .
"""


def pairs():
    header, *lines = [line.split() for line in GRID.strip().splitlines()]
    for before, *marks in lines:
        for after, mark in zip(header, marks, strict=True):
            yield Status(before), Status(after), mark


def test_the_grid_has_every_pair():
    assert len({(before, after) for before, after, _mark in pairs()}) == len(Status) ** 2


@pytest.mark.parametrize(("before", "after", "mark"), list(pairs()))
def test_a_pair_of_states(before: Status, after: Status, mark: str):
    assert may_follow(before, after) == (mark != ".")
    assert (after in next_states(before)) == (mark != ".")
    if mark != ".":
        assert needs_answer(before, after) == (mark == "!")


def test_each_exception_has_its_reason():
    assert all(str(reason).endswith(".") for reason in EXCEPTIONS.values())
