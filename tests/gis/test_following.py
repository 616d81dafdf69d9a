"""A follower misses nothing, whatever order transactions end in, and may be killed at any moment."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import psycopg
import pytest
from django.db import connections

from gis import following
from gis.following import Follower, follow
from tests import databases
from tests.apps.accounts.city import Two, two_authorities

STREETS = "addressing_street"


@pytest.fixture
def two(committed_db: str) -> Two:
    return two_authorities()


@pytest.fixture
def sessions(committed_db: str, two: Two) -> Iterator[Callable[[], psycopg.Connection]]:
    opened = []

    def one() -> psycopg.Connection:
        session = databases.superuser(committed_db)
        opened.append(session)
        return session

    yield one
    for session in opened:
        session.close()


class Seen:
    """What a follower was given."""

    def __init__(self) -> None:
        self.begun = 0
        self.ids: list[UUID] = []

    def begin(self) -> None:
        self.begun += 1

    def take(self, table: str, ids: list[UUID]) -> None:
        assert table == STREETS
        self.ids += ids

    def follow(self) -> int:
        return follow("test", [STREETS], self.take, self.begin)


def write(session: psycopg.Connection, two: Two, many: int = 1) -> list[UUID]:
    rows = session.execute(
        "INSERT INTO addressing_street (authority_id, name_ar, geom) SELECT %s, 'x',"
        " ST_GeomFromText('MULTILINESTRING((58 23, 58.1 23))', 4326) FROM generate_series(1, %s) RETURNING id",
        [two.here.id, many],
    )
    return [key for (key,) in rows.fetchall()]


def test_begins_once_and_then_takes_what_changed(two: Two, sessions: Callable[[], psycopg.Connection]):
    seen, session = Seen(), sessions()
    write(session, two)
    seen.follow()
    assert (seen.begun, seen.ids) == (1, [])
    (made,) = write(session, two)
    assert seen.follow() == 1
    session.execute("DELETE FROM addressing_street WHERE id = %s", [made])
    assert seen.follow() == 1
    assert (seen.begun, seen.ids) == (1, [made, made])
    assert seen.follow() == 0


def test_what_is_committed_late_is_not_missed(two: Two, sessions: Callable[[], psycopg.Connection]):
    """The older transaction ends after the follower has passed the newer one."""
    seen, old, new = Seen(), sessions(), sessions()
    seen.follow()
    old.autocommit = False
    late = write(old, two)
    early = write(new, two)
    seen.follow()
    assert seen.ids == early
    old.commit()
    seen.follow()
    assert seen.ids == early + late


def test_a_failed_step_is_done_again(two: Two, sessions: Callable[[], psycopg.Connection]):
    seen, session = Seen(), sessions()
    seen.follow()
    made = write(session, two)

    def fail(table: str, ids: list[UUID]) -> None:
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        follow("test", [STREETS], fail, seen.begin)
    assert seen.follow() == 1
    assert seen.ids == made


def test_many_changes_come_in_steps(two: Two, sessions: Callable[[], psycopg.Connection], monkeypatch):
    monkeypatch.setattr(following, "VERSIONS", 3)
    seen = Seen()
    seen.follow()
    made = write(sessions(), two, many=8)
    assert seen.follow() == 8
    assert sorted(seen.ids) == sorted(made)


def test_one_at_a_time(two: Two, sessions: Callable[[], psycopg.Connection]):
    seen, other = Seen(), sessions()
    other.autocommit = False
    other.execute("SELECT pg_advisory_xact_lock(hashtextextended('follower test', 0))")
    assert seen.follow() == 0
    assert seen.begun == 0
    other.rollback()
    seen.follow()
    assert seen.begun == 1


def test_a_load_follows_alone_and_the_others_afterwards(two: Two, sessions: Callable[[], psycopg.Connection]):
    seen = Seen()
    seen.follow()
    ours, theirs = write(sessions(), two), 0

    def other() -> int:
        try:
            return seen.follow()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as thread:
        with following.held(["test", "another"]):
            theirs = thread.submit(other).result()
            assert seen.ids == []
            assert seen.follow() == 1
        write(sessions(), two)
        assert (theirs, thread.submit(other).result()) == (0, 1)
    assert seen.ids[:1] == ours


def test_a_restored_database_is_followed_on(two: Two, sessions: Callable[[], psycopg.Connection]):
    """Its numbers of transactions say nothing about those before; what is written from then on is taken."""
    seen, session = Seen(), sessions()
    seen.follow()
    session.execute("UPDATE history.era SET identity = 'the one before'")
    made = write(session, two)
    assert seen.follow() == 1
    assert seen.ids == made


def test_nobody_from_outside_asks_what_changed(two: Two):
    for alias, asked in (("public", "SELECT * FROM spatial_follower"), ("public", "SELECT history_known()")):
        with pytest.raises(Exception, match="permission denied"), connections[alias].cursor() as cursor:
            cursor.execute(asked)
    assert Follower.objects.filter(name__startswith="search:").exists()
