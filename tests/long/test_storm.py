"""Five minutes of writers, server and follower being killed: the mirror is the layer, row by row."""

import pytest
from pytest_django import DjangoDbBlocker

from tests.apps.federation.test_follow import through_a_storm

pytestmark = [pytest.mark.long, pytest.mark.timeout(1200)]


def test_five_minutes_of_storm_leave_the_table_equal(
    template_database: str, django_db_setup: None, django_db_blocker: DjangoDbBlocker
):
    through_a_storm(template_database, django_db_blocker, seconds=300, seed=11)
