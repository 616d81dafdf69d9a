"""`/healthz`, `/readyz` and the refusal to start, each seen to change when its cause is there."""

from collections.abc import Callable

import psycopg
import pytest
from django.db import connections
from django.test import Client

from apps.config.health import State, findings
from apps.config.server import refuse_what_must_not_be
from gis import generalising

Login = Callable[[str], psycopg.Connection]


def states() -> dict[str, State]:
    return {item.code: item.state for item in findings()}


def test_process_answers_without_a_database(client: Client):
    response = client.get("/healthz", headers={"host": "10.0.0.1"})
    assert (response.status_code, response.json()) == (200, {"state": "ok"})


@pytest.mark.django_db
def test_ready_but_no_worker(client: Client):
    response = client.get("/readyz")
    worst = {item["code"]: item["state"] for item in response.json()["items"]}
    assert response.status_code == 200
    assert worst.pop("worker") == "degraded"
    assert set(worst.values()) == {"ok"}


def test_missing_row_security_is_fatal(committed_db: str, login: Login, client: Client):
    login("superuser").execute("ALTER TABLE parcels_parcel NO FORCE ROW LEVEL SECURITY")
    assert states()["row-security"] is State.FATAL
    assert client.get("/readyz").status_code == 503
    with pytest.raises(SystemExit, match="parcels_parcel"):
        refuse_what_must_not_be("127.0.0.1")


def test_login_above_row_security_is_fatal(committed_db: str, login: Login):
    root = login("superuser").info
    connections["default"].close()
    connections["default"].settings_dict.update(USER=root.user, PASSWORD=root.password)
    assert states()["row-security"] is State.FATAL


def test_missing_migration_is_not_ready(committed_db: str, login: Login):
    login("superuser").execute("DELETE FROM django_migrations WHERE app = 'wells'")
    assert states()["migrations"] is State.FATAL


def test_lost_provision_only_degrades(committed_db: str, login: Login):
    login("superuser").execute("ALTER FUNCTION geometry_overlaps(geometry, geometry) NOT LEAKPROOF")
    assert states()["leakproof"] is State.DEGRADED
    refuse_what_must_not_be("127.0.0.1")


def test_silent_worker_and_waiting_jobs_are_noticed(committed_db: str, login: Login):
    root = login("superuser")
    root.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
    assert states()["worker"] is State.OK
    root.execute("INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('q', 't')")
    root.execute("UPDATE procrastinate_events SET at = now() - interval '6 minutes'")
    assert states()["worker"] is State.DEGRADED
    root.execute("DELETE FROM procrastinate_events; DELETE FROM procrastinate_jobs")
    root.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '2 minutes'")
    assert states()["worker"] is State.DEGRADED


def test_far_zooms_that_nobody_follows_are_noticed(committed_db: str, login: Login):
    assert states()["far-zooms"] is State.OK
    login("superuser").execute("DELETE FROM spatial_follower WHERE name = 'tiles:parcels_6'")
    assert states()["far-zooms"] is State.DEGRADED
    assert "parcels_6" in next(item.sentence for item in findings() if item.code == "far-zooms")
    generalising.follow()
    assert states()["far-zooms"] is State.OK


def test_unreachable_database_is_fatal(committed_db: str, client: Client):
    connections["default"].close()
    connections["default"].settings_dict["PORT"] = 1
    response = client.get("/readyz")
    assert (response.status_code, response["Retry-After"]) == (503, "5")


@pytest.mark.parametrize("guard", ["landlock", "seccomp"])
def test_a_file_reader_that_is_not_closed_in_is_noticed(monkeypatch: pytest.MonkeyPatch, db: None, guard: str):
    given = {"landlock": True, "landlock_tcp": True, "seccomp": True}
    monkeypatch.setattr("apps.config.health.finding.in_force", lambda: given)
    assert states()["file-reader"] is State.OK
    given[guard] = False
    assert states()["file-reader"] is State.DEGRADED
    told = next(item.sentence for item in findings() if item.code == "file-reader")
    assert guard in told.lower().split("in force:")[0]


def test_full_disk_is_noticed(monkeypatch: pytest.MonkeyPatch, db: None):
    monkeypatch.setattr("apps.config.health.finding.DISK_ALARM", 0.0)
    assert states()["disk"] is State.DEGRADED
