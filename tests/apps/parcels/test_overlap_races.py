"""T7: of two parcels on each other one is stored, of two neighbours both, however many write at once.

A thousand pairs by the web's login and by officers' own, inside an authority and across a border, one row and many,
added and moved. Each fault of the rule is put into a database of its own and must be seen.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import IsolationLevel

from tests import databases
from tests.apps.accounts.city import Two, desk_session, is_plain, web_session
from tests.apps.parcels import races
from tests.apps.parcels.faults import replace

pytestmark = pytest.mark.timeout(280)

OK = {"clash: one refused", "neighbours: both stored"}


@contextmanager
def officers(database: str, two: Two) -> Iterator[list[psycopg.Connection]]:
    """Two officers' own logins. They may not write parcels; here they may, to show that the rule binds them too."""
    with (
        desk_session(database, two.officer, two.here) as one,
        desk_session(database, two.stranger, two.there) as other,
        databases.superuser(database) as root,
    ):
        for session in (one, other):
            root.execute(f"GRANT INSERT, UPDATE ON parcels_parcel TO {session.info.user}")
        yield [one, other]


@pytest.fixture
def stored(committed_db: str, two: Two) -> Iterator[Callable[[UUID, str], UUID]]:
    """Stores one parcel beforehand."""
    with web_session(committed_db, two.national) as session:

        def store(authority: UUID, shape: str) -> UUID:
            statement, values = races.insert(authority, shape)
            row = session.execute(f"{statement} RETURNING id", values).fetchone()
            assert row is not None
            return row[0]

        yield store


def mixed(number: int, one: UUID, other: UUID, stored: Callable[[UUID, str], UUID]) -> Iterator[races.Pair]:
    """Pairs of every kind of writing and every relation, in turn."""
    ways = cycle(
        [
            lambda kind: races.two_inserts(kind, one, other),
            lambda kind: races.move_and_insert(kind, stored, one, other),
            lambda kind: races.two_inserts(kind, one, other),
            lambda kind: races.two_moves(kind, stored, one, other),
            lambda kind: races.two_bulks(kind, one, other, rows=5),
        ]
    )
    kinds = cycle(["on each other", "side by side", "same", "on each other", "sliver", "on each other", "near"])
    return (way(kind) for way, kind in islice(zip(ways, kinds, strict=False), number))


def test_a_thousand_pairs(committed_db, two, webs, stored):
    here, there = two.here.id, two.there.id
    with web_session(committed_db, two.officer) as colleague, officers(committed_db, two) as desks:
        assert all(is_plain(session) for session in (*webs, colleague, *desks))
        outcomes = list(races.run(mixed(400, here, here, stored), webs[0], colleague))
        outcomes += races.run(mixed(400, here, there, stored), *webs)
        outcomes += races.run(mixed(190, here, there, stored), *desks)
        outcomes += races.run((races.crosswise(here, there) for _pair in range(10)), *webs)
    found = races.tally(outcomes)
    assert len(outcomes) == 1000
    assert set(found) == OK, found
    assert found["clash: one refused"] > 500
    assert found["neighbours: both stored"] > 400


LOCKS = "PERFORM gis_hold_cells(space, cells, most);"
OF_THE_AUTHORITY = (
    "PERFORM pg_advisory_xact_lock(hashtext(a::text)) FROM (SELECT DISTINCT authority_id a FROM new_rows) n;"
)


def test_without_locks_both_are_stored(committed_db, two, webs):
    """The seeded fault V0: a trigger alone, which sees only what is committed."""
    replace(committed_db, "parcels_do_not_overlap", (LOCKS, ""))
    pairs = (races.two_inserts("on each other", two.here.id, two.there.id) for _pair in range(50))
    assert races.tally(races.run(pairs, *webs))["clash: BOTH STORED"] > 10


def test_a_lock_for_each_authority_fails_across_a_border(committed_db, two, webs):
    """The seeded fault V2: it holds inside an authority and not between two."""
    replace(committed_db, "parcels_do_not_overlap", (LOCKS, OF_THE_AUTHORITY))
    with web_session(committed_db, two.officer) as colleague:
        inside = [races.two_inserts("on each other", two.here.id, two.here.id) for _pair in range(20)]
        assert races.tally(races.run(inside, webs[0], colleague)) == {"clash: one refused": 20}
    across = (races.two_inserts("on each other", two.here.id, two.there.id) for _pair in range(50))
    assert races.tally(races.run(across, *webs))["clash: BOTH STORED"] > 10


def test_a_checker_under_row_security_sees_nothing(committed_db, two, webs):
    """The seeded fault of correction 1: a checker owned by the tables' owner is itself bound by the policies."""
    with databases.superuser(committed_db) as root:
        for function in (
            "parcels_do_not_overlap()",
            "parcels_rivals(uuid[])",
            "parcels_refuse_rivals(uuid[], boolean)",
        ):
            root.execute(f"ALTER FUNCTION {function} OWNER TO baladiya_owner")
    pairs = (races.two_inserts("on each other", two.here.id, two.there.id) for _pair in range(10))
    assert races.tally(races.run(pairs, *webs)) == {"clash: BOTH STORED": 10}


def test_a_rule_of_touching_refuses_neighbours(committed_db, two, webs):
    """The seeded fault on the other side: refusing whatever touches."""
    replace(committed_db, "parcels_rivals", ("gis_overlap_width(n.geom, p.geom)", "1"))
    with databases.superuser(committed_db) as root:
        root.execute(
            "CREATE OR REPLACE FUNCTION gis_may_overlap(one geometry, other geometry, tolerance_m double precision) "
            "RETURNS boolean LANGUAGE sql AS 'SELECT ST_Intersects(one, other)'"
        )
    pairs = (races.two_inserts("side by side", two.here.id, two.there.id) for _pair in range(10))
    assert races.tally(races.run(pairs, *webs)) == {"side by side: ['committed', 'parcels_do_not_overlap']": 10}


@pytest.mark.parametrize("level", [IsolationLevel.REPEATABLE_READ, IsolationLevel.SERIALIZABLE])
def test_other_isolation_levels_are_refused(webs, two, level: IsolationLevel):
    """An older snapshot would not see what the locks waited for."""
    session = webs[0]
    session.isolation_level = level

    def written() -> None:
        with session.transaction():
            session.execute(*races.insert(two.here.id, races.somewhere()))

    with pytest.raises(psycopg.errors.FeatureNotSupported, match="READ COMMITTED") as error:
        written()
    assert error.value.diag.constraint_name == "parcels_need_read_committed"


def test_an_older_snapshot_would_store_both(committed_db, two, webs):
    """The seeded fault V2b: the same locks, but REPEATABLE READ let through."""
    replace(committed_db, "parcels_do_not_overlap", ("'read uncommitted'", "'read uncommitted', 'repeatable read'"))
    one, other = webs
    place = races.somewhere()
    for session in webs:
        session.isolation_level = IsolationLevel.REPEATABLE_READ
    with other.transaction():
        other.execute("SELECT count(*) FROM parcels_parcel")
        one.execute(*races.insert(two.here.id, place))
        other.execute(*races.insert(two.there.id, place))
    with databases.superuser(committed_db) as root:
        assert root.execute("SELECT count(*) FROM parcels_parcel").fetchone() == (2,)


def test_an_officers_own_login_writes_no_parcel(committed_db, two, stored):
    parcel = stored(two.here.id, races.somewhere())
    with desk_session(committed_db, two.officer, two.here) as session:
        for statement in (
            races.insert(two.here.id, races.somewhere()),
            races.move(parcel, races.somewhere()),
            ("UPDATE own.parcels SET geom = geom WHERE id = %s", [parcel]),
            ("DELETE FROM parcels_parcel WHERE id = %s", [uuid4()]),
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                session.execute(*statement)
