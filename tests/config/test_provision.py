"""What provisioning gives, asked of a database that it made: each item is also taken away and missed."""

from collections.abc import Callable

import psycopg
import pytest
from django.db import connection

from apps.config.provisioning import provision_state

Login = Callable[[str], psycopg.Connection]


@pytest.mark.django_db
def test_nothing_is_missing_after_provisioning():
    assert provision_state(connection) == []


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("ALTER FUNCTION geometry_overlaps(geometry, geometry) NOT LEAKPROOF", "leakproof"),
        ("ALTER FUNCTION arraycontains(anyarray, anyarray) NOT LEAKPROOF", "leakproof-lists"),
        ("GRANT EXECUTE ON FUNCTION st_makevalid(geometry) TO PUBLIC", "revoked-unstoppable"),
        ("GRANT EXECUTE ON FUNCTION st_estimatedextent(text, text) TO PUBLIC", "revoked-estimators"),
        ("GRANT EXECUTE ON FUNCTION lo_create(oid) TO PUBLIC", "revoked-large-objects"),
        ("GRANT EXECUTE ON FUNCTION st_buffer(text, double precision) TO PUBLIC", "revoked-buffers"),
        ("GRANT USAGE ON LANGUAGE plpgsql TO PUBLIC", "no-anonymous-code"),
        ("GRANT CREATE ON SCHEMA public TO PUBLIC", "closed-to-strangers"),
        ("REVOKE INSERT ON spatial_ref_sys FROM baladiya_owner", "owner-adds-systems"),
    ],
)
def test_a_lost_item_is_reported(committed_db: str, login: Login, fault: str, code: str):
    login("superuser").execute(fault)
    assert [item.code for item in provision_state(connection)] == [code]


def test_logins_are_neither_superuser_nor_above_row_security(login: Login):
    for role in ("web", "public", "owner"):
        row = login(role).execute(
            "SELECT current_user, rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = session_user"
        )
        assert row.fetchone() == (f"baladiya_{role}", False, False, False)


@pytest.mark.parametrize("role", ["web", "public"])
def test_dangerous_functions_are_refused(login: Login, role: str):
    for call in ("st_makevalid('POINT(0 0)'::geometry)", "st_unaryunion('POINT(0 0)'::geometry)", "lo_create(0)"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            login(role).execute(f"SELECT {call}")
    for statement in ("CREATE TEMP TABLE t (x int)", "CREATE TABLE public.t (x int)", "DO $$ BEGIN END $$"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            login(role).execute(statement)


def test_time_limits_are_in_force(login: Login):
    limits = {role: login(role).execute("SHOW statement_timeout").fetchone() for role in ("web", "public", "owner")}
    assert limits == {"web": ("5s",), "public": ("2s",), "owner": ("0",)}


def test_web_cannot_become_the_checker(login: Login):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        login("web").execute("SET ROLE baladiya_checker")
