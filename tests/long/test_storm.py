"""Five minutes of writers, server and follower being killed: the mirror is the layer, row by row."""

import pytest
from pytest_django import DjangoDbBlocker

from tests.apps.federation.test_follow import through_a_storm
from tests.figures import Record

pytestmark = [pytest.mark.long, pytest.mark.timeout(1200)]


def test_five_minutes_of_storm_leave_the_table_equal(
    template_database: str, django_db_setup: None, django_db_blocker: DjangoDbBlocker, figure: Record
):
    told = through_a_storm(template_database, django_db_blocker, seconds=300, seed=11)
    figure("five minutes of the change feed", ", ".join(f"{what} {number:,}" for what, number in told.items()))
