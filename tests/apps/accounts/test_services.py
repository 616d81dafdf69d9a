"""Keys, memberships, and an officer's own database login from its making to its end."""

import contextlib
import datetime
from collections.abc import Iterator

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from psycopg.sql import SQL, Identifier

from apps.accounts.callers import UnknownKey, digest_of, organisation_of
from apps.accounts.models import AgencyKey, DeskLogin, Organisation, User
from apps.accounts.permissions import Role, standing_of
from apps.accounts.services import (
    AlreadyMember,
    DeskAccess,
    NoDeskRight,
    close_desk_login,
    deactivate,
    end_agency_key,
    grant_desk_login,
    grant_membership,
    make_agency_key,
    take_password,
    withdraw_membership,
)
from apps.core.refusals import NotAllowed
from gis.db.acting import acting_as
from tests import databases
from tests.apps.accounts.city import web_session
from tests.apps.reports.sending import send
from tests.apps.town import AT, HERE, THERE, Town, employ, found_towns, hire

HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def town(db: None) -> Town:
    return found_towns()


@pytest.fixture
def survey(db: None) -> Organisation:
    return Organisation.objects.create(code="survey", name_ar="المساحة")


def test_a_key_is_shown_once_and_only_its_hash_is_kept(survey: Organisation):
    key = make_agency_key(organisation=survey, purpose="قراءة", by=hire(None, is_superuser=True), at=AT)
    (stored,) = AgencyKey.objects.all()
    assert stored.digest == digest_of(key)
    assert stored.made_at == AT
    assert key not in str([getattr(stored, field.attname) for field in stored._meta.fields])
    assert len(key) > 40
    assert organisation_of(key, at=AT) == survey


@pytest.mark.parametrize("key", ["", "x", "bld_" + "A" * 43, "مفتاح", "a\0b"])
def test_another_key_opens_nothing(survey: Organisation, key: str):
    make_agency_key(organisation=survey, purpose="x", by=hire(None, is_superuser=True), at=AT)
    with pytest.raises(UnknownKey):
        organisation_of(key, at=AT)


def test_a_key_ends(survey: Organisation):
    root = hire(None, is_superuser=True)
    key = make_agency_key(organisation=survey, purpose="x", by=root, at=AT, ends_at=AT + 2 * HOUR)
    organisation_of(key, at=AT + HOUR)
    end_agency_key(key=AgencyKey.objects.get(), by=root, at=AT + HOUR)
    end_agency_key(key=AgencyKey.objects.get(), by=root, at=AT + 9 * HOUR)
    assert AgencyKey.objects.get().ends_at == AT + HOUR
    with pytest.raises(UnknownKey):
        organisation_of(key, at=AT + HOUR)


def test_only_a_superuser_makes_and_ends_keys(town: Town, survey: Organisation):
    manager = hire(town.here, "manager")
    with pytest.raises(NotAllowed):
        make_agency_key(organisation=survey, purpose="x", by=manager, at=AT)
    make_agency_key(organisation=survey, purpose="x", by=hire(None, is_superuser=True), at=AT)
    with pytest.raises(NotAllowed):
        end_agency_key(key=AgencyKey.objects.get(), by=manager, at=AT)


def test_a_manager_hires_and_lets_go(town: Town):
    manager, person = hire(town.here, "manager"), hire(None)
    membership = grant_membership(person=person, authority=town.here, role=Role.PLANNER, by=manager, at=AT)
    today = timezone.localdate(AT)
    assert standing_of(person, on=today).roles == {town.here.pk: {Role.PLANNER}}
    assert User.objects.get(pk=person.pk).is_staff
    with pytest.raises(AlreadyMember):
        grant_membership(person=person, authority=town.here, role=Role.PLANNER, by=manager, at=AT)
    withdraw_membership(membership=membership, by=manager, at=AT)
    assert not standing_of(person, on=today).is_officer
    assert not User.objects.get(pk=person.pk).is_staff


def test_the_admin_stays_for_a_role_that_is_still_to_begin(town: Town):
    """Given ahead by one authority while another lets the person go; it goes with the last of them."""
    person, tomorrow = hire(None), timezone.localdate(AT) + datetime.timedelta(days=1)
    here, there = hire(town.here, "manager"), hire(town.there, "manager")
    now = grant_membership(person=person, authority=town.here, role=Role.PLANNER, by=here, at=AT)
    ahead = grant_membership(person=person, authority=town.there, role=Role.PLANNER, by=there, at=AT, since=tomorrow)
    withdraw_membership(membership=now, by=here, at=AT)
    assert User.objects.get(pk=person.pk).is_staff
    withdraw_membership(membership=ahead, by=there, at=AT)
    assert not User.objects.get(pk=person.pk).is_staff


def test_a_role_that_has_ended_is_not_made_longer(town: Town):
    """The list shows ended ones too, and all of it can be chosen."""
    manager, person = hire(town.here, "manager"), hire(None)
    membership = grant_membership(person=person, authority=town.here, role=Role.PLANNER, by=manager, at=AT)
    ended = withdraw_membership(membership=membership, by=manager, at=AT).valid_to
    again = withdraw_membership(membership=membership, by=manager, at=AT + datetime.timedelta(days=30))
    assert again.valid_to == ended


def test_another_authoritys_manager_may_do_neither(town: Town):
    stranger, person = hire(town.there, "manager"), hire(town.here)
    with pytest.raises(NotAllowed):
        grant_membership(person=person, authority=town.here, role=Role.MANAGER, by=stranger, at=AT)
    with pytest.raises(NotAllowed):
        withdraw_membership(membership=person.memberships.get(), by=stranger, at=AT)
    with pytest.raises(NotAllowed):
        grant_desk_login(person=person, authority=town.here, by=stranger, at=AT)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.MANAGER])
def test_nobody_but_a_manager_hires(town: Town, role: Role):
    with pytest.raises(NotAllowed):
        grant_membership(person=hire(None), authority=town.here, role=Role.PLANNER, by=hire(town.here, role), at=AT)


@pytest.mark.parametrize("role", [Role.DESK_OFFICER, Role.FIELD_OFFICER])
def test_who_does_not_work_in_qgis_gets_no_login(town: Town, role: Role):
    with pytest.raises(NoDeskRight):
        grant_desk_login(
            person=hire(town.here, role), authority=town.here, by=hire(town.here, "manager"), at=timezone.now()
        )


# From here on with real logins, so what is written is committed.


@pytest.fixture
def live_town(committed_db: str) -> Iterator[Town]:
    yield found_towns()
    names = list(DeskLogin.objects.values_list("rolname", flat=True))
    with databases.superuser(committed_db) as root:
        for name in names:
            if name.startswith("baladiya_officer_"):
                with contextlib.suppress(psycopg.errors.UndefinedObject):
                    root.execute(SQL("DROP ROLE {}").format(Identifier(name)))


def log_in(access: DeskAccess, database: str) -> psycopg.Connection:
    return psycopg.connect(
        host=connection.settings_dict["HOST"],
        port=connection.settings_dict["PORT"],
        dbname=database,
        user=access.rolname,
        password=access.password,
        autocommit=True,
    )


def open_for(town: Town, role: str = "gis_officer") -> tuple[User, User, DeskAccess]:
    manager, officer = hire(town.here, "manager"), hire(town.here, role)
    login = grant_desk_login(person=officer, authority=town.here, by=manager, at=timezone.now())
    return manager, officer, take_password(login=login, by=officer, at=timezone.now())


def test_the_login_works_and_sees_its_own_authority_only(live_town: Town, committed_db: str):
    send(location=HERE, text="لنا")
    send(location=THERE, text="لهم")
    _manager, _officer, access = open_for(live_town)
    with log_in(access, committed_db) as session:
        assert session.execute("SELECT text FROM own.reports").fetchall() == [("لنا",)]
        attributes = session.execute(
            "SELECT rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication, rolconnlimit, rolvaliduntil"
            " FROM pg_roles WHERE rolname = session_user"
        ).fetchone()
        assert attributes is not None
        assert attributes[:-1] == (False, False, False, False, False, 6)
        assert attributes[-1] == access.ends_at
        assert session.execute("SHOW statement_timeout").fetchone() == ("30s",)
        for statement in ("CREATE ROLE x", "SELECT desk_login_close(gen_random_uuid())", "SET ROLE baladiya_roles"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                session.execute(statement)


def test_asking_again_gives_the_same_login_and_a_new_password(live_town: Town, committed_db: str):
    manager, officer, access = open_for(live_town)
    login = grant_desk_login(person=officer, authority=live_town.here, by=manager, at=timezone.now())
    again = take_password(login=login, by=officer, at=timezone.now())
    assert again.rolname == access.rolname
    log_in(again, committed_db).close()
    with pytest.raises(psycopg.OperationalError):
        log_in(access, committed_db)


def assert_shut(access: DeskAccess, session: psycopg.Connection, database: str) -> None:
    with pytest.raises(psycopg.OperationalError):
        session.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError):
        log_in(access, database)


def test_closing_ends_open_sessions(live_town: Town, committed_db: str):
    manager, _officer, access = open_for(live_town)
    session = log_in(access, committed_db)
    close_desk_login(login=DeskLogin.objects.get(), by=manager, at=timezone.now())
    assert_shut(access, session, committed_db)


def test_letting_go_closes_the_login(live_town: Town, committed_db: str):
    manager, officer, access = open_for(live_town)
    session = log_in(access, committed_db)
    withdraw_membership(membership=officer.memberships.get(), by=manager, at=timezone.now())
    assert_shut(access, session, committed_db)


def test_a_role_that_still_warrants_it_keeps_the_login(live_town: Town, committed_db: str):
    manager, officer, access = open_for(live_town)
    employ(officer, live_town.here, "planner")
    gis_officer = officer.memberships.get(role="gis_officer")
    withdraw_membership(membership=gis_officer, by=manager, at=timezone.now())
    log_in(access, committed_db).close()


def test_deactivating_a_person_closes_the_login(live_town: Town, committed_db: str):
    _manager, officer, access = open_for(live_town)
    session = log_in(access, committed_db)
    deactivate(person=officer, by=hire(None, is_superuser=True))
    assert_shut(access, session, committed_db)
    assert not User.objects.get(pk=officer.pk).is_active


def test_an_opening_that_is_rolled_back_leaves_no_role(live_town: Town, committed_db: str):
    with contextlib.suppress(ZeroDivisionError), transaction.atomic():
        _manager, _officer, access = open_for(live_town)
        raise ZeroDivisionError
    with pytest.raises(psycopg.OperationalError):
        log_in(access, committed_db)


VERIFIER = "SCRAM-SHA-256$4096:c2FsdA==$" + "A" * 44 + ":" + "A" * 44


def test_nobody_but_its_holder_learns_the_password(live_town: Town, committed_db: str):
    """Neither the manager who gave the login nor anybody else could write the history in the officer's name."""
    manager, officer, _access = open_for(live_town)
    row = DeskLogin.objects.get()
    others = (manager, hire(live_town.here, "gis_officer"), hire(None, is_superuser=True))
    for person in others:
        with pytest.raises(NotAllowed):
            take_password(login=row, by=person, at=timezone.now())
    asked = "SELECT desk_login_open(%s, %s, now() + interval '1 day')"
    for person in (None, *others):
        with pytest.raises(psycopg.Error, match="no active login"), web_session(committed_db, person) as session:
            session.execute(asked, [row.pk, VERIFIER])
    with web_session(committed_db, officer) as session:
        session.execute(asked, [row.pk, VERIFIER])


def test_a_login_opens_the_authority_that_gave_it_alone(live_town: Town, committed_db: str):
    """Whatever its holder is elsewhere; and who is nothing here gets none, a superuser least of all."""
    manager, officer, access = open_for(live_town)
    employ(officer, live_town.there, "manager")
    with log_in(access, committed_db) as session:
        assert session.execute("SELECT access_codes()").fetchone() == ([live_town.here.code],)
    for person in (hire(None, is_superuser=True), hire(live_town.there, "gis_officer")):
        with pytest.raises(NoDeskRight):
            grant_desk_login(person=person, authority=live_town.here, by=manager, at=timezone.now())
    with databases.superuser(committed_db) as root:
        root.execute("UPDATE accounts_user SET is_superuser = true WHERE id = %s", [officer.pk])
        with log_in(access, committed_db) as session:
            assert session.execute("SELECT access_codes()").fetchone() == ([live_town.here.code],)


def test_taking_a_password_again_brings_the_limits_back(live_town: Town, committed_db: str):
    _manager, officer, access = open_for(live_town)
    with log_in(access, committed_db) as session:
        session.execute("ALTER ROLE CURRENT_USER SET statement_timeout = 0")
    again = take_password(login=DeskLogin.objects.get(), by=officer, at=timezone.now())
    with log_in(again, committed_db) as session:
        assert session.execute("SHOW statement_timeout").fetchone() == ("30s",)


@pytest.mark.parametrize("name", ["postgres", "baladiya_owner", "baladiya_web", "x; DROP ROLE y", "baladiya_officer_"])
def test_the_function_touches_no_name_that_is_not_ours(live_town: Town, login, name: str):
    """Even to somebody who writes into the table what he likes, as an SQL injection into the web would."""
    officer = hire(live_town.here, "gis_officer")
    with acting_as(authorities=[live_town.here.pk], actor="test"):
        row = DeskLogin.objects.create(user=officer, authority=live_town.here, rolname=name)
        with pytest.raises(DatabaseError, match="no active login"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT desk_login_open(%s, %s, now() + interval '1 day')", [row.pk, VERIFIER])
    with acting_as(user=officer.pk), connection.cursor() as cursor:
        cursor.execute("SELECT desk_login_close(%s)", [row.pk])
    role = login("superuser").execute("SELECT rolcanlogin FROM pg_roles WHERE rolname = %s", [name]).fetchone()
    assert role in (None, (True,))


def test_nobody_is_a_member_of_the_maker_of_roles(live_town: Town, login):
    rows = login("superuser").execute(
        "SELECT r.rolname FROM pg_roles r WHERE pg_has_role(r.oid, 'baladiya_roles', 'MEMBER')"
        " AND NOT r.rolsuper AND r.rolname <> 'baladiya_roles'"
    )
    assert rows.fetchall() == []
