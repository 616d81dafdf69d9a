"""T11 over HTTP, with the clock: sixty costly requests on a hundred thousand plots, ten normal users beside."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests import databases
from tests.costly.driver import ATTACKERS, LONGEST_QUERY_S, USERS, Run, drive
from tests.costly.requests import SLOW, Costly, everything
from tests.costly.town import Busy, again, busy_town, drowsy, without_limits
from tests.figures import Record

pytestmark = [pytest.mark.long, pytest.mark.timeout(1800)]
PLOTS = 100_000
ANSWERED_S, NORMAL_P95_S = 3.0, 1.0


@pytest.fixture(scope="module")
def town(template_database: str, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Busy]:
    with busy_town(template_database, django_db_blocker, parcels=PLOTS) as made:
        yield made


def too_slow(run: Run) -> list[str]:
    return [f"{one.name}: {one.seconds:.1f} s" for one in run.costly if one.seconds > ANSWERED_S]


def asked(town: Busy) -> list[Costly]:
    return everything(town.authority, town.category)


def test_costly_requests_harm_nobody(town: Busy, figure: Record) -> None:
    requests = asked(town)
    drive(town.address, town.database, [], town.normal, town.cookie, users=1)  # the first answers fill the caches
    run = drive(town.address, town.database, requests, town.normal, town.cookie)
    slowest = max(run.costly, key=lambda one: one.seconds)
    figure("costly requests", f"{len(run.costly)}, {ATTACKERS} at once, on {PLOTS:,} plots")
    figure("slowest of them", f"{slowest.seconds:.1f} s ({slowest.name})")
    figure(f"{USERS} normal users", f"{len(run.normal)} answers, p95 {run.p95():.2f} s")
    figure("longest question in the database", f"{run.longest_query:.1f} s; crashes: {len(run.crashed)}")
    assert run.wrong(requests) == []
    assert run.crashed == []
    assert run.longest_query < LONGEST_QUERY_S
    assert too_slow(run) == []
    assert run.p95() < NORMAL_P95_S


def test_without_time_limits_it_is_found(town: Busy) -> None:
    with databases.superuser(town.database) as root, drowsy(root), without_limits(root), again(town) as address:
        run = drive(address, town.database, [SLOW], town.normal, town.cookie)
    assert too_slow(run)
    assert run.longest_query > LONGEST_QUERY_S
