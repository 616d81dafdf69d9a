"""Two sessions that write at the same instant, a thousand times, and what became of it (T7)."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from threading import Barrier
from typing import LiteralString
from uuid import UUID

import psycopg

# Degrees: about 20 m by 22 m. Places are a hundredth of a degree apart, so pairs do not meet, and lie on the corners
# of the cells that writers lock.
SIDE = 0.0002
APART = {"on each other": 0.00005, "same": 0.0, "side by side": SIDE, "sliver": SIDE - 0.000001, "near": 0.0005}
CLASHES = frozenset({"on each other", "same"})
HELD_S = 0.004  # between statement and commit, so that the other one runs meanwhile
TRIES = 5

_places = count()
_plots = count(1)
Statement = tuple[LiteralString, list[object]]


@dataclass(frozen=True)
class Pair:
    """What the two sessions do at the same instant: transactions of one or more statements."""

    kind: str
    first: list[Statement]
    second: list[Statement]


@dataclass(frozen=True)
class Outcome:
    pair: Pair
    ends: tuple[str, str]


def box(place: int, shift: float = 0.0) -> str:
    west, south = 57 + (place % 100) * 0.01 - 0.0001 + shift, 20 + (place // 100) * 0.01 - 0.0001
    east, north = west + SIDE, south + SIDE
    return f"SRID=4326;MULTIPOLYGON((({west} {south},{east} {south},{east} {north},{west} {north},{west} {south})))"


def somewhere() -> str:
    """A place that nobody else has."""
    return box(next(_places))


def insert(authority: UUID, *shapes: str) -> Statement:
    """One statement that adds a parcel for each shape."""
    rows = ", ".join("(%s, %s, %s::geometry)" for _shape in shapes)
    values: list[object] = []
    for shape in shapes:
        values += [authority, str(next(_plots)), shape]
    return f"INSERT INTO parcels_parcel (authority_id, plot_no, geom) VALUES {rows}", values


def move(parcel: UUID, shape: str) -> Statement:
    return "UPDATE parcels_parcel SET geom = %s::geometry WHERE id = %s", [shape, parcel]


def two_inserts(kind: str, one: UUID, other: UUID) -> Pair:
    place = next(_places)
    return Pair(kind, [insert(one, box(place))], [insert(other, box(place, APART[kind]))])


def two_bulks(kind: str, one: UUID, other: UUID, rows: int = 20) -> Pair:
    """Twenty parcels in one statement each; one of each has the relation, the others lie on places of their own."""
    place, others = next(_places), [somewhere() for _row in range(2 * (rows - 1))]
    first = insert(one, box(place), *others[: rows - 1])
    second = insert(other, *others[rows - 1 :], box(place, APART[kind]))
    return Pair(kind, [first], [second])


def two_moves(kind: str, stored: Callable[[UUID, str], UUID], one: UUID, other: UUID) -> Pair:
    """Two parcels that stood far from each other are corrected to one place."""
    place = next(_places)
    here, there = stored(one, somewhere()), stored(other, somewhere())
    return Pair(kind, [move(here, box(place))], [move(there, box(place, APART[kind]))])


def move_and_insert(kind: str, stored: Callable[[UUID, str], UUID], one: UUID, other: UUID) -> Pair:
    place = next(_places)
    here = stored(one, somewhere())
    return Pair(kind, [move(here, box(place))], [insert(other, box(place, APART[kind]))])


def crosswise(one: UUID, other: UUID) -> Pair:
    """Two transactions that take two places in opposite order: PostgreSQL ends one, which is then repeated."""
    here, there = next(_places), next(_places)
    return Pair(
        "near",
        [insert(one, box(here)), insert(one, box(there))],
        [insert(other, box(there, APART["near"])), insert(other, box(here, APART["near"]))],
    )


def run(pairs: Iterable[Pair], one: psycopg.Connection, other: psycopg.Connection) -> Iterator[Outcome]:
    """Let the two sessions do each pair at the same instant."""
    barrier = Barrier(2, timeout=60)
    with ThreadPoolExecutor(2) as threads:
        for pair in pairs:
            ends = threads.map(_attempt, (one, other), (pair.first, pair.second), (barrier, barrier))
            first, second = ends
            yield Outcome(pair, (first, second))


def _attempt(session: psycopg.Connection, statements: list[Statement], barrier: Barrier) -> str:
    """What became of the transaction: "committed", the constraint that refused it, or the error."""
    barrier.wait()
    for _try in range(TRIES):
        try:
            with session.transaction():
                for statement, values in statements:
                    session.execute(statement, values)
                    time.sleep(HELD_S)
            return "committed"
        except psycopg.errors.DeadlockDetected:
            continue
        except psycopg.Error as error:
            return error.diag.constraint_name or type(error).__name__
    return "deadlock"


def tally(outcomes: Iterable[Outcome]) -> Counter[str]:
    """How often what happened; anything but "one refused" (for a clash) and "both stored" is a fault."""
    return Counter(_judged(outcome) for outcome in outcomes)


def _judged(outcome: Outcome) -> str:
    ends, clash = sorted(outcome.ends), outcome.pair.kind in CLASHES
    if clash and ends == ["committed", "parcels_do_not_overlap"]:
        return "clash: one refused"
    if clash and ends == ["committed", "committed"]:
        return "clash: BOTH STORED"
    if not clash and ends == ["committed", "committed"]:
        return "neighbours: both stored"
    return f"{outcome.pair.kind}: {ends}"
