"""Who has webhooks in the tests: two municipalities, and the person who manages the first one's."""

import pytest

from apps.accounts.models import User
from tests.apps.accounts.city import Two, two_authorities

from .subscribing import manager_of


@pytest.fixture
def two(committed_db: str) -> Two:
    return two_authorities()


@pytest.fixture
def manager(two: Two) -> User:
    return manager_of(two)
