"""What an officer's own login may do to everybody's tables: delete its own rows, and stop nobody."""

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from apps.addressing.models import Street
from apps.reports.models import Report
from gis import history
from gis.db.acting import acting_as
from gis.layers import registry
from tests import databases
from tests.apps.accounts.city import Two, desk_session, guarded_tables, one_row_each, two_authorities

MODES = ("SHARE", "SHARE UPDATE EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE")


@pytest.fixture
def two(committed_db: str) -> Two:
    return two_authorities()


def lockable(session: psycopg.Connection) -> list[str]:
    """What the session can lock against others: a table, or a view with the tables beneath."""
    tables = [("public", model._meta.db_table) for model in guarded_tables()]
    views = [(schema, layer.view) for schema in ("own", "desk", "pub") for layer in registry]
    found = []
    for place in (*tables, *views):
        for mode in MODES:
            try:
                session.execute(SQL("BEGIN; LOCK TABLE {} IN {} MODE").format(Identifier(*place), SQL(mode)))
                found.append(f"{'.'.join(place)} {mode}")
            except psycopg.errors.InsufficientPrivilege:
                pass
            finally:
                session.execute("ROLLBACK")
    return found


def test_a_login_locks_nothing_against_others(committed_db: str, two: Two) -> None:
    with desk_session(committed_db, two.officer, two.here) as session:
        assert lockable(session) == []
    with databases.login("public", committed_db) as session:
        assert lockable(session) == []


def test_the_lock_is_found_where_it_can_be_taken(committed_db: str, two: Two) -> None:
    """Seeded fault: the right that officers had to delete."""
    with databases.superuser(committed_db) as root:
        root.execute("GRANT DELETE ON addressing_street TO baladiya_desk")
    with desk_session(committed_db, two.officer, two.here) as session:
        assert "public.addressing_street ACCESS EXCLUSIVE" in lockable(session)


@pytest.mark.parametrize("layer", [layer for layer in registry if layer.writes == "direct"], ids=lambda one: one.id)
def test_own_rows_are_deleted_through_the_view_and_others_are_not(committed_db: str, two: Two, layer) -> None:
    own, other = one_row_each(two, layer.model)
    delete = SQL("DELETE FROM own.{} WHERE id = %s").format(Identifier(layer.view))
    with desk_session(committed_db, two.officer, two.here) as session:
        assert session.execute(delete, [other.pk]).rowcount == 0
        assert session.execute(delete, [own.pk]).rowcount == 1
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute(SQL("DELETE FROM {}").format(Identifier(layer.table)))
        login = session.info.user
    with databases.superuser(committed_db) as root:
        left = root.execute(SQL("SELECT id FROM {}").format(Identifier(layer.table))).fetchall()
    assert left == [(other.pk,)]
    with acting_as(user=two.national.id):
        last = history.versions(layer.model, own.pk)[-1]
    assert (last.op, last.actor, last.session) == ("D", f"user:{two.officer.id}", login)


def test_a_planner_deletes_nothing(committed_db: str, two: Two) -> None:
    own, _other = one_row_each(two, Street)
    with databases.superuser(committed_db) as root:
        root.execute("UPDATE accounts_membership SET role = 'planner' WHERE user_id = %s", [two.officer.id])
    with desk_session(committed_db, two.officer, two.here) as session:
        assert session.execute("SELECT id FROM own.streets").fetchall() == [(own.pk,)]
        assert session.execute("DELETE FROM own.streets").rowcount == 0


def estimate(session: psycopg.Connection, text: str) -> float:
    """How many rows the planner believes to be there, before anybody's rights."""
    row = session.execute("EXPLAIN (FORMAT json) SELECT FROM reports_report WHERE text = %s", [text]).fetchone()
    assert row
    return float(row[0][0]["Plan"]["Plan Rows"])


def many_times(root: psycopg.Connection, times: int) -> None:
    """The same reports again and again: so many that an estimate of some of them is not rounded down to one."""
    root.execute("SET session_replication_role = replica")  # only their number is asked for
    root.execute(
        "INSERT INTO reports_report SELECT (copy).* FROM (SELECT jsonb_populate_record(r, jsonb_build_object('id', "
        "gen_random_uuid(), 'client_id', gen_random_uuid(), 'number', left(gen_random_uuid()::text, 20))) AS copy "
        "FROM reports_report r, generate_series(2, %s)) copies",
        [times],
    )


def test_estimates_do_not_tell_what_is_written_elsewhere(committed_db: str, two: Two) -> None:
    """One text stands in most of the other authority's reports; the plan for it is that for any other text."""
    for number in range(60):
        one_row_each(two, Report)
        with databases.superuser(committed_db) as root:
            there = "SELECT id FROM reports_report WHERE authority_id = %s ORDER BY id DESC LIMIT 1"
            if number % 3:
                root.execute(f"UPDATE reports_report SET text = 'said there' WHERE id = ({there})", [two.there.id])
    with databases.superuser(committed_db) as root:
        many_times(root, 20)
        root.execute("ANALYZE reports_report")
    with desk_session(committed_db, two.officer, two.here) as session:
        assert estimate(session, "said there") == estimate(session, "said nowhere")
    with databases.superuser(committed_db) as root:  # seeded fault: the column is counted after all
        root.execute("ALTER TABLE reports_report ALTER COLUMN text SET STATISTICS 100; ANALYZE reports_report")
    with desk_session(committed_db, two.officer, two.here) as session:
        assert estimate(session, "said there") > estimate(session, "said nowhere")
