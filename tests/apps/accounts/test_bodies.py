"""The list of authorities itself, in raw SQL as the web's login: founded by superusers, presented by managers (T8)."""

from typing import Any

import psycopg
import pytest

from apps.accounts.models import Membership, User
from apps.accounts.tenancy import unguarded_tables
from apps.territory.models import Authority
from tests import databases
from tests.apps.accounts.city import Two, desk_session, is_plain, two_authorities, web_session

REFUSED = psycopg.errors.InsufficientPrivilege
ADD = "INSERT INTO territory_authority (code, kind, name_ar, working_crs) VALUES ('new', 'agency', 'x', 'EPSG:32640')"
OF_THE_MANAGER = set(Authority.of_the_manager)
COLUMNS = {field.column for field in Authority._meta.concrete_fields}
OTHER_VALUE = {
    "id": "gis_uuid7()", "kind": "'ministry'", "parent_id": "(SELECT id FROM territory_authority WHERE code = 'there')",
    "geom": "ST_Multi(ST_MakeEnvelope(0, 0, 1, 1, 4326))", "survey_tolerance_m": "1", "accent": "'#123456'",
    "publishes_parcels": "NOT publishes_parcels", "valid_from": "'2020-01-01'", "valid_to": "'2099-01-01'",
}  # fmt: skip


@pytest.fixture
def two(committed_db: str) -> Two:
    return two_authorities()


def appoint(two: Two, role: str) -> User:
    person: User = User.objects.using("owner").create(username=f"their-{role}")
    Membership.objects.using("owner").create(user=person, authority=two.here, role=role)
    return person


def works(session: psycopg.Connection, statement: str, *given: Any) -> bool:
    """Does it change a row; what it did is undone."""
    try:
        with session.transaction(force_rollback=True):
            return bool(session.execute(statement, given).rowcount)  # type: ignore[arg-type]
    except REFUSED:
        return False


def changeable(session: psycopg.Connection, body: Authority) -> set[str]:
    """The columns of the authority that the session may give another value."""
    change = "UPDATE territory_authority SET {} = {} WHERE id = %s"
    return {name for name in COLUMNS if works(session, change.format(name, OTHER_VALUE.get(name, "'o'")), body.id)}


def also(session: psycopg.Connection, two: Two) -> list[str]:
    """What else works of that which nobody but superusers may."""
    alias = "INSERT INTO territory_authorityalias (body_id, name) VALUES (%s, 'x')"
    tries = {
        "add": (ADD,),
        "delete own": ("DELETE FROM territory_authority WHERE id = %s", two.here.id),
        "delete other": ("DELETE FROM territory_authority WHERE id = %s", two.there.id),
        "lock": ("SELECT FROM territory_authority WHERE id = %s FOR UPDATE", two.there.id),
        "name": (alias, two.here.id),
        "name other": (alias, two.there.id),
    }
    return [verb for verb, (statement, *given) in tries.items() if works(session, statement, *given)]


def test_a_manager_changes_how_the_own_one_presents_itself(committed_db: str, two: Two):
    with web_session(committed_db, appoint(two, "manager")) as session:
        assert is_plain(session)
        assert changeable(session, two.here) == OF_THE_MANAGER
        assert changeable(session, two.there) == set()
        assert also(session, two) == []
        shift = "UPDATE territory_authority SET geom = ST_Translate(geom, 1e-12, 0), name_ar = 'x' WHERE id = %s"
        with databases.superuser(committed_db) as root:
            root.execute(f"UPDATE territory_authority SET geom = {OTHER_VALUE['geom']}")  # type: ignore[arg-type]
        assert not works(session, shift, two.here.id)


@pytest.mark.parametrize("who", ["nobody", "planner", "desk_officer", "gis_officer"])
def test_others_change_nothing_and_read_all(committed_db: str, two: Two, who: str):
    person = None if who == "nobody" else appoint(two, who)
    with web_session(committed_db, person) as session:
        assert changeable(session, two.here) == changeable(session, two.there) == set()
        assert also(session, two) == []
        assert session.execute("SELECT count(*) FROM territory_authority").fetchone() == (2,)


def test_a_job_writes_the_authority_that_it_acts_for(committed_db: str, two: Two):
    with web_session(committed_db, None) as session:
        session.execute("SELECT set_config('baladiya.authority', %s, false)", [str(two.here.id)])
        assert "geom" in changeable(session, two.here)
        assert changeable(session, two.there) == set()
        assert also(session, two) == []


def test_a_superuser_founds_and_draws(committed_db: str, two: Two):
    with web_session(committed_db, two.national) as session:
        assert changeable(session, two.there) == COLUMNS - {"id"}
        assert also(session, two) == ["add", "lock", "name", "name other"]


def test_an_officers_own_login_reads_them(committed_db: str, two: Two):
    with desk_session(committed_db, appoint(two, "manager"), two.here) as session:
        session.execute("SELECT set_config('baladiya.user', %s, false)", [str(two.national.id)])
        assert session.execute("SELECT count(*) FROM territory_authority").fetchone() == (2,)
        assert changeable(session, two.here) == set()
        assert not works(session, ADD)


@pytest.mark.parametrize(
    ("fault", "open_to_managers"),
    [
        ("ALTER TABLE territory_authority DISABLE ROW LEVEL SECURITY", "there"),
        ("ALTER POLICY body_changes ON territory_authority USING (true) WITH CHECK (true)", "there"),
        ("DROP TRIGGER a_keep_columns ON territory_authority", "here"),
    ],
)
def test_the_tests_see_their_faults(committed_db: str, two: Two, fault: str, open_to_managers: str):
    assert unguarded_tables("owner") == []
    with databases.superuser(committed_db) as root:
        root.execute(fault)  # type: ignore[arg-type]
    assert unguarded_tables("owner") == (["territory_authority"] if "DISABLE" in fault else [])
    with web_session(committed_db, appoint(two, "manager")) as session:
        found = {"here": changeable(session, two.here) - OF_THE_MANAGER, "there": changeable(session, two.there)}
        assert found[open_to_managers]
