"""T11 over HTTP, without a clock: whatever is asked, it is answered or refused, and nobody's process dies of it.

Seconds depend on the machine and are held to their bounds by `tests/long/test_costly_requests.py`.
"""

from collections.abc import Iterator
from urllib.request import urlopen

import psycopg
import pytest
from pytest_django import DjangoDbBlocker

from ogc.pages import MOST_ROWS
from tests import databases
from tests.costly.driver import LONGEST_QUERY_S, drive
from tests.costly.requests import SLOW, everything
from tests.costly.town import Busy, again, busy_town, drowsy, without_caps, without_limits

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def town(template_database: str, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Busy]:
    with busy_town(template_database, django_db_blocker, parcels=500) as made:
        yield made


@pytest.fixture
def root(town: Busy) -> Iterator[psycopg.Connection]:
    with databases.superuser(town.database) as session:
        yield session


def test_everything_is_answered_or_refused(town: Busy):
    requests = everything(town.authority, town.category)
    assert len(requests) >= 60
    run = drive(town.address, town.database, requests, town.normal, town.cookie, users=2)
    assert run.wrong(requests) == []
    assert run.crashed == []
    assert run.longest_query < LONGEST_QUERY_S


def test_a_question_that_takes_long_is_given_up(town: Busy, root: psycopg.Connection):
    with drowsy(root):
        run = drive(town.address, town.database, [SLOW], town.normal, town.cookie, users=1)
    assert run.wrong([SLOW]) == []
    assert run.longest_query < LONGEST_QUERY_S


def test_a_page_for_people_has_not_every_row(town: Busy):
    with urlopen(f"{town.address}/ogc/collections/parcels/items?f=html&limit=10000", timeout=60) as answer:
        page = answer.read().decode()
    assert page.count("<tr>") == MOST_ROWS + 1
    assert "after=" in page


class TestSeededFaults:
    """Time limits off, and the geometry's caps off: each is found."""

    def test_without_time_limits_a_question_lives_too_long(self, town: Busy, root: psycopg.Connection):
        with drowsy(root), without_limits(root), again(town) as address:
            run = drive(address, town.database, [SLOW], town.normal, town.cookie, users=1)
        assert run.wrong([SLOW])
        assert run.longest_query > LONGEST_QUERY_S

    def test_without_its_caps_a_tangle_is_taken_in(self, town: Busy, root: psycopg.Connection):
        tangles = [one for one in everything(town.authority, town.category) if one.name == "desk, ring of 200"]
        with without_caps(root):
            run = drive(town.address, town.database, tangles, town.normal, town.cookie, users=1)
        assert [one.status for one in run.costly] == [302]
        assert run.wrong(tangles)
