"""T8, rows: on every table that belongs to an authority, an officer of one neither sees nor touches another's.

Each table × way in × verb. The tables come from the models, so that a new one is tested without being asked.
"""

from typing import Any

import psycopg
import pytest
from psycopg.sql import SQL, Identifier
from psycopg.types.json import Jsonb

from apps.accounts.tenancy import unguarded_tables
from tests import databases
from tests.apps.accounts.city import (
    Two,
    desk_session,
    guarded_tables,
    is_plain,
    one_row_each,
    two_authorities,
    web_session,
)

REFUSED = psycopg.errors.InsufficientPrivilege


def foreign_writes(session: psycopg.Connection, two: Two, table: str, own: Any, other: Any, values: dict) -> list[str]:
    """Try everything that must not work; returns what did."""
    name = Identifier(table)
    columns = SQL(", ").join(Identifier(column) for column in values)
    insert = SQL("INSERT INTO {} ({}) SELECT {} FROM jsonb_populate_record(NULL::{}, %s)").format(
        name, columns, columns, name
    )
    tries = {
        "update": (SQL("UPDATE {} SET authority_id = authority_id WHERE id = %s").format(name), [other]),
        "steal": (SQL("UPDATE {} SET authority_id = %s WHERE id = %s").format(name), [two.here.id, other]),
        "give away": (SQL("UPDATE {} SET authority_id = %s WHERE id = %s").format(name), [two.there.id, own]),
        "delete": (SQL("DELETE FROM {} WHERE id = %s").format(name), [other]),
        "insert": (insert, [Jsonb(values)]),
        "truncate": (SQL("TRUNCATE {} CASCADE").format(name), []),
        "lock": (SQL("SELECT FROM {} WHERE id = %s FOR UPDATE").format(name), [other]),
    }
    worked = []
    for verb, (statement, parameters) in tries.items():
        try:
            if session.execute(statement, parameters).rowcount != 0:  # -1: TRUNCATE does not count
                worked.append(verb)
        except REFUSED:
            continue
    return worked


def values_of(root: psycopg.Connection, table: str, row_id: Any) -> dict[str, Any]:
    """The row as JSON without its key and what the database computes: what a thief would insert again."""
    row = root.execute(SQL("SELECT to_jsonb(t) - 'id' FROM {} t WHERE id = %s").format(Identifier(table)), [row_id])
    computed = root.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attgenerated <> ''", [f'"{table}"']
    ).fetchall()
    (values,) = row.fetchone()  # type: ignore[misc]
    return {name: value for name, value in values.items() if (name,) not in computed}


@pytest.fixture
def two(committed_db: str) -> Two:
    return two_authorities()


@pytest.mark.parametrize("way", ["web", "desk"])
def test_an_officer_of_one_authority_cannot_reach_another(committed_db: str, two: Two, way: str) -> None:
    root = databases.superuser(committed_db)
    failures: dict[str, Any] = {}
    for model in guarded_tables():
        table = model._meta.db_table
        own, other = one_row_each(two, model)
        opened = (
            web_session(committed_db, two.officer)
            if way == "web"
            else desk_session(committed_db, two.officer, two.here)
        )
        with opened as session:
            assert is_plain(session)
            seen = session.execute(SQL("SELECT authority_id FROM {}").format(Identifier(table))).fetchall()
            if set(seen) != {(two.here.id,)}:
                failures[table] = f"sees {len(seen)} rows of {len(set(seen))} authorities"
            worked = foreign_writes(session, two, table, own.id, other.id, values_of(root, table, other.id))
            if worked:
                failures[table] = worked
        still = root.execute(SQL("SELECT authority_id FROM {} WHERE id = %s").format(Identifier(table)), [other.id])
        assert still.fetchone() == (two.there.id,), table
    assert failures == {}
    root.close()


def test_nobody_sees_anything_without_saying_who_acts(committed_db: str, two: Two) -> None:
    for model in guarded_tables():
        one_row_each(two, model)
    with web_session(committed_db, None) as session:
        for model in guarded_tables():
            assert session.execute(SQL("SELECT FROM {}").format(Identifier(model._meta.db_table))).fetchall() == []


def test_an_officers_login_cannot_claim_to_be_somebody_else(committed_db: str, two: Two) -> None:
    with desk_session(committed_db, two.officer, two.here) as session:
        session.execute("SELECT set_config('baladiya.user', %s, false)", [str(two.stranger.id)])
        session.execute("SELECT set_config('baladiya.authority', %s, false)", [str(two.there.id)])
        assert session.execute("SELECT access_authorities(false)").fetchone() == ([two.here.id],)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("UPDATE accounts_membership SET valid_to = gis_today() WHERE user_id = %s", []),
        ("UPDATE accounts_user SET is_active = false WHERE id = %s", []),
        ("UPDATE accounts_membership SET role = 'planner' WHERE user_id = %s", "reads"),
    ],
)
def test_rights_end_with_the_membership(committed_db: str, two: Two, change: str, expected: Any) -> None:
    with databases.superuser(committed_db) as root:
        root.execute(change, [two.officer.id])  # type: ignore[arg-type]
    with web_session(committed_db, two.officer) as session:
        (reads, writes) = session.execute("SELECT access_authorities(false), access_authorities(true)").fetchone()  # type: ignore[misc]
        assert reads == ([two.here.id] if expected == "reads" else [])
        assert writes == []


def test_a_row_without_authority_goes_to_the_writers_only_one(committed_db: str, two: Two) -> None:
    with desk_session(committed_db, two.officer, two.here) as session:
        line = "ST_GeomFromText('MULTILINESTRING((60 10, 60.1 10))', 4326)"
        session.execute(f"INSERT INTO own.streets (geom, name_ar) VALUES ({line}, 'x')")  # type: ignore[arg-type]
        assert session.execute("SELECT authority FROM own.streets").fetchall() == [("here",)]
    refused = pytest.raises(psycopg.errors.NotNullViolation, match="Name the authority")
    with web_session(committed_db, two.national) as session, refused:
        session.execute("INSERT INTO accounts_unit (code, name_ar) VALUES ('x', 'x')")


class TestSeededFaults:
    """The tests above must fail when the guard is broken; each fault is broken into a database of its own."""

    @pytest.mark.parametrize(
        "fault",
        [
            "ALTER TABLE wells_well NO FORCE ROW LEVEL SECURITY",
            "ALTER TABLE wells_well DISABLE ROW LEVEL SECURITY",
            "DROP POLICY tenant_adds ON wells_well",
        ],
    )
    def test_missing_row_level_security_is_noticed(self, committed_db: str, fault: str) -> None:
        with databases.superuser(committed_db) as root:
            assert unguarded_tables("owner") == []
            root.execute(fault)  # type: ignore[arg-type]
        assert unguarded_tables("owner") == ["wells_well"]

    @pytest.mark.parametrize(
        ("fault", "verb"),
        [
            ("GRANT TRUNCATE ON ALL TABLES IN SCHEMA public TO baladiya_web;"
             "DROP TRIGGER history_truncate ON wells_protectionzone", "truncate"),
            ("ALTER POLICY tenant_changes ON wells_protectionzone USING (true) WITH CHECK (true);"
             "ALTER POLICY tenant_reads ON wells_protectionzone USING (true)", "steal"),
            ("ALTER POLICY tenant_adds ON wells_protectionzone WITH CHECK (true)", "insert"),
        ],
    )  # fmt: skip
    def test_a_hole_is_found(self, committed_db: str, two: Two, fault: str, verb: str) -> None:
        from apps.wells.models import ProtectionZone

        own, other = one_row_each(two, ProtectionZone)
        with databases.superuser(committed_db) as root:
            root.execute(fault)  # type: ignore[arg-type]
            values = values_of(root, "wells_protectionzone", other.id)
        with web_session(committed_db, two.officer) as session:
            assert verb in foreign_writes(session, two, "wells_protectionzone", own.id, other.id, values)
