"""T7 for writers of many parcels: they make nobody wait, and compare with the others before they commit."""

from uuid import UUID

import psycopg
import pytest

from tests import databases
from tests.apps.accounts.city import web_session
from tests.apps.parcels import races
from tests.apps.parcels.faults import replace

pytestmark = pytest.mark.timeout(280)

LATE = ("SELECT parcels_check_late()", [])
CHECK = "SET CONSTRAINTS parcels_compare_late IMMEDIATE"
LOCKS = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
WIDE = "SRID=4326;MULTIPOLYGON(((50 20, 50.2 20, 50.2 20.2, 50 20.2, 50 20)))"  # 1,681 cells
INSIDE = "SRID=4326;MULTIPOLYGON(((50.1 20.1, 50.101 20.1, 50.101 20.101, 50.1 20.1)))"


def late(kind: str, one, other, *, both: bool) -> races.Pair:
    pair = races.two_inserts(kind, one, other)
    return races.Pair(kind, [LATE, *pair.first], [LATE, *pair.second] if both else pair.second)


def stored(database: str) -> int:
    with databases.superuser(database) as root:
        ((number,),) = root.execute("SELECT count(*) FROM parcels_parcel").fetchall()
    return number


@pytest.mark.parametrize("both", [False, True], ids=["one is late", "both are"])
def test_late_pairs(committed_db, two, webs, both):
    here, there = two.here.id, two.there.id
    with web_session(committed_db, two.officer) as colleague:
        pairs = [late(kind, here, here, both=both) for kind in ("on each other", "side by side") * 25]
        outcomes = list(races.run(pairs, webs[0], colleague))
    pairs = [late(kind, here, there, both=both) for kind in ("same", "sliver") * 25]
    outcomes += races.run(pairs, *webs)
    assert races.tally(outcomes) == {"clash: one refused": 50, "neighbours: both stored": 50}
    with databases.superuser(committed_db) as root:
        assert root.execute("SELECT FROM parcels_overlap_due").fetchall() == []


def refused(session: psycopg.Connection) -> psycopg.Error:
    """What the commit of the session is refused with."""
    with pytest.raises(psycopg.errors.ExclusionViolation) as error:
        session.execute("COMMIT")
    return error.value


def test_a_late_writer_makes_nobody_wait_and_is_refused(committed_db, two, webs):
    one, other = webs
    place = races.somewhere()
    one.execute("BEGIN")
    one.execute(*LATE)
    one.execute(*races.insert(two.here.id, place))
    assert one.execute(LOCKS).fetchone() == (0,)
    other.execute(*races.insert(two.there.id, place))
    assert refused(one).diag.constraint_name == "parcels_do_not_overlap"
    assert stored(committed_db) == 1


@pytest.mark.parametrize("published", [True, False])
def test_its_own_parcel_is_named_first(committed_db, two, webs, published):
    """The one to be corrected is the late one; a parcel of another authority stays unnamed unless it is published."""
    one, other = webs
    with databases.superuser(committed_db) as root:
        root.execute("UPDATE territory_authority SET publishes_parcels = %s WHERE id = %s", [published, two.there.id])
    place = races.somewhere()
    insert, values = races.insert(two.here.id, place)
    one.execute("BEGIN")
    one.execute(*LATE)
    mine = one.execute(f"{insert} RETURNING plot_no", values).fetchone()
    insert, values = races.insert(two.there.id, place)
    theirs = other.execute(f"{insert} RETURNING plot_no", values).fetchone()
    assert mine is not None
    assert theirs is not None
    told = f"parcel {theirs[0]}" if published else "a parcel of another authority"
    assert f"Parcel {mine[0]} overlaps {told} by" in str(refused(one))


def test_a_wide_statement_becomes_late_by_itself(committed_db, two, webs):
    """More cells than the cap, as a COPY of a whole cadastre has."""
    one, other = webs
    one.execute("BEGIN")
    one.execute(*races.insert(two.here.id, WIDE))
    assert one.execute(LOCKS).fetchone() == (0,)
    other.execute(*races.insert(two.there.id, races.somewhere()))
    other.execute(*races.insert(two.there.id, INSIDE))
    refused(one)
    with pytest.raises(psycopg.errors.ExclusionViolation):
        other.execute(*races.insert(two.there.id, WIDE))
    many = [races.somewhere() for _row in range(400)]  # 1,600 cells
    with one.transaction():
        one.execute(*races.insert(two.here.id, *many))
        one.execute(CHECK)
        assert one.execute(LOCKS).fetchone() == (1,)
        with pytest.raises(psycopg.errors.LockNotAvailable):
            other.execute(*races.insert(two.there.id, races.somewhere()))


def test_a_parcel_that_others_move_meanwhile_counts(committed_db, two, webs):
    one, other = webs
    place, elsewhere = races.somewhere(), races.somewhere()
    other.execute(*races.insert(two.there.id, elsewhere))
    one.execute("BEGIN")
    one.execute(*LATE)
    one.execute(*races.insert(two.here.id, place))
    other.execute("UPDATE parcels_parcel SET geom = %s::geometry WHERE geom = %s::geometry", [place, elsewhere])
    refused(one)
    assert stored(committed_db) == 1


def test_what_comes_after_the_check_is_checked_too(committed_db, two, webs):
    one, other = webs
    place, another = races.somewhere(), races.somewhere()
    with one.transaction():
        one.execute(*LATE)
        one.execute(*races.insert(two.here.id, place))
        one.execute(CHECK)
        one.execute(*races.insert(two.here.id, another))
        with pytest.raises(psycopg.errors.LockNotAvailable):
            other.execute(*races.insert(two.there.id, another))
    assert stored(committed_db) == 2


@pytest.mark.parametrize("saved", [False, True], ids=["", "in a savepoint"])
def test_what_it_wrote_itself_is_compared_at_the_end(committed_db, two, webs, saved):
    """With each other, and with its own rows that it wrote as they were: these have no version of this transaction."""
    session = webs[0]
    place, another = races.somewhere(), races.somewhere()
    session.execute(*races.insert(two.here.id, place))
    for where in (place, another):
        session.execute("BEGIN")
        session.execute(*LATE)
        session.execute("UPDATE parcels_parcel SET plot_no = plot_no")
        if saved:
            session.execute("SAVEPOINT here")
        session.execute(*races.insert(two.here.id, where, another))
        if saved:
            session.execute("RELEASE here")
        if where == another:
            session.execute(*races.insert(two.here.id, another))
        with pytest.raises(psycopg.errors.ExclusionViolation):
            session.execute(CHECK)
        session.execute("ROLLBACK")
    assert stored(committed_db) == 1


AS_THEY_WERE = ("UPDATE parcels_parcel SET plot_no = plot_no", [])
ORDERS = {"before it says so": [AS_THEY_WERE, LATE], "after it": [LATE, AS_THEY_WERE]}


def written_over(two, session: psycopg.Connection, statements) -> None:
    """A plot that is there, written as it was, and a later one of the same transaction on it."""
    place = races.somewhere()
    session.execute(*races.insert(two.here.id, place))
    with session.transaction():
        for statement in statements:
            session.execute(*statement)
        session.execute(*races.insert(two.here.id, place))


@pytest.mark.parametrize("order", ORDERS)
def test_what_was_written_as_it_was_is_compared(committed_db, two, webs, order):
    """It carries the number of the transaction and has no version of it: it is nobody's turn to ask for its pair."""
    with pytest.raises(psycopg.errors.ExclusionViolation):
        written_over(two, webs[0], ORDERS[order])
    assert stored(committed_db) == 1


@pytest.mark.parametrize(
    ("order", "function", "fault", "instead"),
    [
        ("before it says so", "parcels_check_late", "true, began)", "true, false)"),
        ("after it", "parcels_do_not_overlap", "SET changed = true", "SET changed = d.changed"),
    ],
)
def test_seeded_faults_of_what_is_noted(committed_db, two, webs, order, function, fault, instead):
    replace(committed_db, function, (fault, instead))
    written_over(two, webs[0], ORDERS[order])
    assert stored(committed_db) == 2


@pytest.mark.parametrize("numbers", [(1, 2), (2, 1)])
def test_late_ones_that_only_add_clash_among_themselves(committed_db, two, webs, numbers):
    """Each pair is looked at from one side: whichever of the two was written first."""
    session, place = webs[0], races.somewhere()
    session.execute("BEGIN")
    session.execute(*LATE)
    for number in numbers:
        session.execute(
            "INSERT INTO parcels_parcel (id, authority_id, plot_no, geom) VALUES (%s, %s, %s, %s::geometry)",
            [UUID(int=number), two.here.id, str(number), place],
        )
    refused(session)
    assert stored(committed_db) == 0


def test_nobody_but_the_rule_writes_what_is_due(committed_db, two, webs):
    for statement in (
        "INSERT INTO parcels_overlap_due VALUES (pg_current_xact_id(), '1:1:')",
        "DELETE FROM parcels_overlap_due",
        "UPDATE parcels_overlap_due SET seen = pg_current_snapshot()",
        "SELECT parcels_refuse_rivals(ARRAY[]::uuid[], false)",
        "SELECT parcels_rivals_written(pg_current_xact_id())",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            webs[0].execute(statement)


def test_a_seeded_fault_of_the_comparison_with_itself(committed_db, two, webs):
    """To skip every row that the transaction has touched would pass over the one that it wrote as it was."""
    replace(committed_db, "parcels_rivals_written", ("w.id IS NULL AND", "(p.id > n.id OR p.xmin <> own::xid) AND"))
    place = races.somewhere()
    webs[0].execute(*races.insert(two.here.id, place))
    with webs[0].transaction():
        webs[0].execute(*LATE)
        webs[0].execute("UPDATE parcels_parcel SET plot_no = plot_no")
        webs[0].execute(*races.insert(two.here.id, place))
    assert stored(committed_db) == 2


@pytest.mark.parametrize(
    ("fault", "instead"),
    [
        ("PERFORM parcels_refuse_rivals(changed, true);", ""),
        ("NOT pg_visible_in_snapshot(v_xid, since)", "v_xid > NEW.xid"),
    ],
    ids=["no comparison", "by the order of transactions"],
)
def test_seeded_faults_of_the_comparison(committed_db, two, webs, fault, instead):
    """Transactions begin in another order than they end: the other one's number is the smaller here."""
    one, other = webs
    replace(committed_db, "parcels_compare_late", (fault, instead))
    place = races.somewhere()
    with one.transaction():
        with other.transaction():
            other.execute(*races.insert(two.there.id, races.somewhere()))
            one.execute(*races.insert(two.here.id, WIDE))
            one.execute(*races.insert(two.here.id, place))
            other.execute(*races.insert(two.there.id, place))
    assert stored(committed_db) == 4


def test_a_seeded_fault_of_the_lock(committed_db, two, webs):
    """Two late ones that compare at the same time, without the lock at the end."""
    one, other = webs
    replace(committed_db, "parcels_compare_late", ("PERFORM gis_hold_cells(space, '{0}', 0);", ""))
    place = races.somewhere()
    with one.transaction(), other.transaction():
        for session, authority in ((one, two.here.id), (other, two.there.id)):
            session.execute(*LATE)
            session.execute(*races.insert(authority, place))
        one.execute(CHECK)
        other.execute(CHECK)
    assert stored(committed_db) == 2
