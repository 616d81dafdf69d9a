"""Who works where is written by managers of the authority alone, in raw SQL as the web's login (T8)."""

import datetime
from typing import Any

import psycopg
import pytest

from apps.accounts.models import DeskLogin, Membership, User
from apps.accounts.tenancy import unguarded_tables
from tests import databases
from tests.apps.accounts.city import Two, desk_session, is_plain, two_authorities, web_session

REFUSED = psycopg.errors.InsufficientPrivilege
TABLES = ("accounts_membership", "accounts_desklogin")
ADD = {
    "accounts_membership": "INSERT INTO accounts_membership (user_id, authority_id, role) VALUES (%s, %s, 'planner')",
    "accounts_desklogin": "INSERT INTO accounts_desklogin (user_id, authority_id, rolname) VALUES (%s, %s, 'x')",
}


@pytest.fixture
def two(committed_db: str) -> Two:
    made = two_authorities()
    for body, person in ((made.here, made.officer), (made.there, made.stranger)):
        DeskLogin.objects.using("owner").create(user=person, authority=body, rolname=f"login-{body.code}")
    return made


@pytest.fixture
def manager(two: Two) -> User:
    return appoint(two, "manager")


def appoint(two: Two, role: str, **about: Any) -> User:
    person: User = User.objects.using("owner").create(username=f"their-{role}")
    Membership.objects.using("owner").create(user=person, authority=two.here, role=role, **about)
    return person


def writes(session: psycopg.Connection, two: Two, table: str, authority: Any, other: Any) -> list[str]:
    """What works on the rows of an authority; each try is undone."""
    given = {"user": two.national.id, "authority": authority.id, "other": other.id}
    tries = {
        "add": (ADD[table], [given["user"], given["authority"]]),
        "change": (f"UPDATE {table} SET user_id = user_id WHERE authority_id = %(authority)s", given),
        "move": (f"UPDATE {table} SET authority_id = %(other)s WHERE authority_id = %(authority)s", given),
        "delete": (f"DELETE FROM {table} WHERE authority_id = %(authority)s", given),
    }
    worked = []
    for verb, (statement, parameters) in tries.items():
        try:
            with session.transaction(force_rollback=True):
                if session.execute(statement, parameters).rowcount:  # type: ignore[call-overload]
                    worked.append(verb)
        except REFUSED:
            continue
    return worked


@pytest.mark.parametrize("table", TABLES)
def test_a_manager_writes_the_own_authoritys_alone(committed_db: str, two: Two, manager: User, table: str):
    with web_session(committed_db, manager) as session:
        assert is_plain(session)
        assert writes(session, two, table, two.here, two.there) == ["add", "change", "delete"]
        assert writes(session, two, table, two.there, two.here) == []


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("who", ["nobody", "gis_officer", "planner", "former manager", "inactive manager"])
def test_nobody_else_writes_them(committed_db: str, two: Two, table: str, who: str):
    long_ago = {"valid_from": datetime.date(2020, 1, 1), "valid_to": datetime.date(2021, 1, 1)}
    person = None
    if who != "nobody":
        role = who.split()[-1]
        person = appoint(two, role, **(long_ago if who.startswith("former") else {}))
        if who.startswith("inactive"):
            User.objects.using("owner").filter(pk=person.pk).update(is_active=False)
    with web_session(committed_db, person) as session:
        assert writes(session, two, table, two.here, two.there) == []
        assert writes(session, two, table, two.there, two.here) == []


@pytest.mark.parametrize("table", TABLES)
def test_a_superuser_writes_them_all(committed_db: str, two: Two, table: str):
    with web_session(committed_db, two.national) as session:
        assert writes(session, two, table, two.there, two.here) == ["add", "change", "move", "delete"]


@pytest.mark.parametrize("table", TABLES)
def test_an_officers_own_login_does_not_even_read_them(committed_db: str, two: Two, manager: User, table: str):
    with desk_session(committed_db, manager, two.here) as session:
        session.execute("SELECT set_config('baladiya.user', %s, false)", [str(two.national.id)])
        with pytest.raises(REFUSED):
            session.execute(f"SELECT FROM {table}")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "fault",
    [
        "ALTER TABLE accounts_membership DISABLE ROW LEVEL SECURITY",
        "ALTER POLICY staff_changes ON accounts_membership USING (true) WITH CHECK (true)",
        "ALTER POLICY staff_adds ON accounts_membership WITH CHECK (true)",
    ],
)
def test_the_tests_see_their_faults(committed_db: str, two: Two, manager: User, fault: str):
    assert unguarded_tables("owner") == []
    with databases.superuser(committed_db) as root:
        root.execute(fault)  # type: ignore[arg-type]
    assert unguarded_tables("owner") == (["accounts_membership"] if "DISABLE" in fault else [])
    with web_session(committed_db, manager) as session:
        assert writes(session, two, "accounts_membership", two.there, two.here) != []
