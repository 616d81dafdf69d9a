"""That the history is kept is part of readiness, and that it is sealed is a job of the worker."""

from collections.abc import Callable

import psycopg
from procrastinate.contrib.django import app

from apps.config.health import State, findings
from apps.config.tasks import seal_history
from gis import sealing
from tests import databases
from tests.apps.accounts.city import two_authorities

Login = Callable[[str], psycopg.Connection]


def history_state() -> State:
    return next(item.state for item in findings() if item.code == "history")


def test_a_history_switched_off_is_not_ready(committed_db: str, login: Login) -> None:
    assert history_state() is State.OK
    login("owner").execute("ALTER TABLE parcels_parcel DISABLE TRIGGER history_update")
    assert history_state() is State.DEGRADED


def test_the_worker_seals(committed_db: str) -> None:
    two_authorities()
    assert seal_history.name in {task.name for task, _period in periodic_tasks()}
    databases.wait_for_horizon()
    seal_history(0)
    assert sealing.seal() == []
    assert list(sealing.faults()) == []


def periodic_tasks() -> list[tuple]:
    return [(periodic.task, periodic.cron) for periodic in app.periodic_registry.periodic_tasks.values()]
